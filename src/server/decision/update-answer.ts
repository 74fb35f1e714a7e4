import { createHash } from 'node:crypto';
import type { ImageSet } from '../../images/image-set.ts';
import { type Answer, type Approval, type HeaderList, textAnswer } from './answer.ts';
import { type Archive, EMPTY_ARCHIVE, updateArchive } from './archive.ts';
import { type Conditions, selectBytes } from './range.ts';

/**
 * The answer to a board that already runs the served build: an archive without members. It holds for this moment only:
 * no cache may keep it, and it has no parts to ask for.
 */
export const UP_TO_DATE: Answer = {
  status: 200,
  headers: [...contentHeaders(EMPTY_ARCHIVE.length), 'Cache-Control', 'no-store, no-transform'],
  body: { kind: 'bytes', bytes: EMPTY_ARCHIVE },
};

/** The answer that sends `set`, whole or in part. The set stays open until the answer was sent. */
export async function updateAnswer(set: ImageSet, conditions: Conditions, approval?: Approval): Promise<Answer> {
  const archive = await updateArchive(set);
  const { length } = archive;
  const etag = archiveTag(set, archive);
  const selection = selectBytes(conditions, etag, length);
  const headers = archiveHeaders(set, etag);
  switch (selection.status) {
    case 304:
      return { status: 304, headers, body: { kind: 'none' } };
    case 412:
      return textAnswer(412, 'this is not the archive that If-Match names: ask again without it\n');
    case 416:
      return textAnswer(416, `the archive has ${length} bytes\n`, ['Content-Range', `bytes */${length}`]);
    case 200: {
      const range = { start: 0, end: length - 1 };
      const body = { kind: 'archive', archive, range, set, approval } as const;
      return { status: 200, headers: [...contentHeaders(length), ...headers], body };
    }
    case 206: {
      const { range } = selection;
      const { start, end } = range;
      const partHeaders = ['Content-Range', `bytes ${start}-${end}/${length}`, ...headers];
      const body = { kind: 'archive', archive, range, set, approval } as const;
      return { status: 206, headers: [...contentHeaders(end - start + 1), ...partHeaders], body };
    }
  }
}

function contentHeaders(length: number): HeaderList {
  return [
    'Content-Type',
    'application/x-tar',
    'Content-Length',
    String(length),
    'Content-Disposition',
    'attachment; filename="update.tar"',
  ];
}

/** The headers of every answer about an archive, whether its bytes come with it or not. */
function archiveHeaders({ zst, checksumsFile }: ImageSet, etag: string): HeaderList {
  return [
    'ETag',
    etag,
    'Last-Modified',
    new Date(Math.max(zst.mtimeSeconds, checksumsFile.mtimeSeconds) * 1000).toUTCString(),
    'Accept-Ranges',
    'bytes',
    // Kept by caches, asked back for at each use; compressed or re-coded by none: the length must stay true.
    'Cache-Control',
    'no-cache, no-transform',
    // nginx would spool the image to its disk and tell us it was sent.
    'X-Accel-Buffering',
    'no',
  ];
}

/**
 * A strong entity tag (RFC 9110, section 8.8.1) without reading the image: it covers every byte of the archive that is
 * at hand, and of the image file all that changes when its content does.
 */
function archiveTag(set: ImageSet, archive: Archive): string {
  const { ino, size, mtimeNs, ctimeNs } = set.zst.identity;
  const hash = createHash('sha256').update(`${ino} ${size} ${mtimeNs} ${ctimeNs}`);
  for (const segment of archive.segments) {
    if (segment.kind === 'bytes') hash.update(segment.bytes);
  }
  return `"${hash.digest('base64url')}"`;
}
