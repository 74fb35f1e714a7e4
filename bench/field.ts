import path from 'node:path';
import { download } from './download.ts';
import { BUILD_ID, writeRandomSet } from './image-sets.ts';
import { type Nginx, startNginx } from './nginx.ts';
import type { Programs } from './programs.ts';
import type { Scratch } from './scratch.ts';
import { type Server, startOurs, startPlain } from './servers.ts';

/** One image behind three servers: ours makes its archive, the others have it ready-made, byte for byte the same. */
export interface Field {
  readonly ours: Server;
  readonly nginx: Nginx;
  readonly plain: Server;
  /** Bytes of the archive. */
  readonly archiveBytes: number;
  readonly archiveUrls: Urls;
  /** Where each tells a board that it is up to date, in 10,240 bytes. */
  readonly upToDateUrls: Urls & { readonly nginxUnlogged: URL };
}

/** An address at each of the servers. */
export interface Urls {
  readonly ours: URL;
  readonly nginx: URL;
  readonly plain: URL;
}

/** Writes an image of `imageBytes` bytes and starts the three servers. */
export async function openField(
  scratch: Scratch,
  programs: Programs,
  ourProgram: string,
  imageBytes: number,
): Promise<Field> {
  const boxes = scratch.makeFolder('boxes');
  await writeRandomSet(scratch.makeFolder('boxes/big-box'), 'big-box-board', imageBytes);
  const ours = await startOurs(scratch, ourProgram, boxes);
  const ourArchive = new URL('/update/big-box/big-box-board', ours.url);
  const ourUpToDate = new URL(`/update/big-box/big-box-board/${BUILD_ID}`, ours.url);

  const ready = scratch.makeFolder('ready-made');
  const archive = path.join(ready, 'update.tar');
  const archiveBytes = await download(programs.curl, ourArchive, archive);
  await download(programs.curl, ourUpToDate, path.join(ready, 'up-to-date'));
  const nginx = await startNginx(scratch, programs.nginx, ready);
  const plain = await startPlain(scratch, archive);
  return {
    ours,
    nginx,
    plain,
    archiveBytes,
    archiveUrls: { ours: ourArchive, nginx: new URL('/update.tar', nginx.url), plain: plain.url },
    upToDateUrls: {
      ours: ourUpToDate,
      nginx: new URL('/up-to-date', nginx.url),
      nginxUnlogged: new URL('/up-to-date', nginx.unloggedUrl),
      plain: new URL('/up-to-date', plain.url),
    },
  };
}
