import type { CatalogImage, UnpackedImage } from '../../src/images/catalog.ts';
import type { Asked } from '../../src/server/decision/asked.ts';
import type { TransferState } from '../../src/server/transfer.ts';
import { TransferRecord } from '../../src/server/transfer-record.ts';

/** What a request is like, where it is not the usual one. */
export interface RequestLike {
  readonly asked?: Asked;
  readonly found?: CatalogImage;
  readonly sentBytes?: number;
  readonly totalBytes?: number;
}

/** A board's request for docker-box on an odroid-c4, in `state`. */
export function request(state: TransferState, like: RequestLike = {}): TransferRecord {
  const transfer = new TransferRecord(1, '::ffff:192.168.1.20', 'GET', '/update?name=docker-box&board=odroid-c4');
  transfer.asked = like.asked ?? { kind: 'update', box: 'docker-box', board: 'odroid-c4' };
  if (like.found !== undefined) transfer.resolution = { tried: [like.found.image], found: like.found };
  transfer.sentBytes = like.sentBytes ?? 0;
  transfer.totalBytes = like.totalBytes ?? 0;
  if (state.kind === 'running') transfer.state = state;
  else transfer.end(state);
  return transfer;
}

/** An image that is complete. */
export function image(id: string): CatalogImage {
  const [box = '', name = ''] = id.split('/');
  const zstIdentity = { dev: 1n, ino: 1n, size: 63_000_000n, mtimeNs: 0n, ctimeNs: 0n };
  return {
    id,
    box,
    image: name,
    root: '/boxes',
    folder: `/boxes/${box}`,
    state: {
      kind: 'ready',
      buildId: 'a'.repeat(64),
      checksums: { raw: '1'.repeat(64), zst: '2'.repeat(64) },
      zstBytes: 63_000_000,
      zstIdentity,
      builtAtMs: Date.UTC(2024, 0, 2),
    },
  };
}

/** A raw image without a set. */
export function unpacked(id: string, like: Partial<UnpackedImage> = {}): UnpackedImage {
  const { box, image: name, root, folder } = image(id);
  return { id, box, image: name, root, folder, bytes: 252_000_000, writtenAtMs: Date.UTC(2024, 0, 2), ...like };
}
