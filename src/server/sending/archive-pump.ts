import type { ServerResponse } from 'node:http';
import { systemErrorCode } from '../../errors.ts';
import type { Body } from '../decision/answer.ts';
import { HELD_BACK_BYTES } from '../limits.ts';
import { readArchive, ShortReadError } from './archive-reader.ts';
import { ArchiveWriter, type Line } from './archive-writer.ts';
import type { PieceBuffers } from './piece-buffers.ts';
import { IMAGE_CHANGED, SENT, type Sent } from './sent.ts';

/** A body that is read from an image's file. */
export type ArchiveBody = Extract<Body, { kind: 'archive' }>;

/** Sends a range of an archive, piece by piece: where there is room, one is read while another is sent. */
export async function sendRange(
  response: ServerResponse,
  body: ArchiveBody,
  buffers: PieceBuffers,
  line: Line,
): Promise<Sent> {
  const { range } = body;
  const { pace, delivery } = line;
  const writer = new ArchiveWriter(response, line);
  const gate = gateOf(body);
  let sending: Buffer | undefined;
  const written = async () => {
    const sent = await writer.written();
    if (sent.kind === 'sent' && sending !== undefined) {
      buffers.give(sending);
      sending = undefined; // it may be the next piece's, or another transfer's, from now on
    }
    return sent;
  };
  let { approval } = body;
  for (let position = range.start; position <= range.end; ) {
    let end = position < gate ? Math.min(gate, range.end + 1) : range.end + 1;
    if (position >= gate && approval !== undefined) {
      const approved = await writer.approved(approval, position < range.end);
      if (approved === 'unsure') end = position + 1;
      else if (approved.kind === 'broken') return approved;
      else approval = undefined;
    }
    const { bytes, readsAhead } = buffers.room;
    if (!readsAhead) {
      const before = await written();
      if (before.kind === 'broken') return before;
    }
    const filling = buffers.take(bytes);
    const part = filling.subarray(0, Math.min(delivery.mostPieceBytes, bytes, pace.mostBytes, end - position));
    const isLast = position + part.length > range.end;
    const read = await readPart(body, part, position, isLast);
    if (read.kind === 'broken') return read;
    position += part.length;
    const before = await written();
    if (before.kind === 'broken') return before;
    if (Number.isFinite(pace.mostBytes)) {
      const granted = await writer.granted(part.length);
      if (granted.kind === 'broken') return granted;
    }
    writer.write(part);
    sending = filling;
  }
  return writer.written();
}

/** From this byte on an archive is sent only with approval; infinite where none is needed. */
function gateOf({ archive, approval }: ArchiveBody): number {
  const image = archive.segments.find((segment) => segment.kind === 'image');
  if (approval === undefined || image === undefined) return Number.POSITIVE_INFINITY;
  return image.start + Math.max(0, image.length - HELD_BACK_BYTES);
}

/**
 * Fills `part` with the archive's bytes from `position` on. The last ones are the client's proof that it has the image:
 * they are good only if all before them were true.
 */
async function readPart({ archive, set }: ArchiveBody, part: Buffer, position: number, isLast: boolean): Promise<Sent> {
  try {
    await readArchive(archive, set, part, position);
    return isLast && !(await set.zst.isUnchanged()) ? IMAGE_CHANGED : SENT;
  } catch (error) {
    if (error instanceof ShortReadError) return IMAGE_CHANGED;
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return { kind: 'broken', reason: 'image unreadable', code };
  }
}
