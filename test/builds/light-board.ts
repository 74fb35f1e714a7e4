import { hash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { createBoard } from '../board/board.ts';

/** A board as a race sees it. */
export interface RacingBoard extends AsyncDisposable {
  /** Asks once, and flashes what it gets if its checksum is right. */
  boot(): Promise<{ readonly isFlashed: boolean; readonly diskSha256: string; readonly output: string }>;
  /** SHA-256 of what it runs. */
  readonly diskSha256: string;
}

/** A slow line, on which a transfer sees a build come (bytes per second). */
const SLOW_LINE = 1_000_000;

const QUERY = 'name=box&board=pi';

/** The real script, with real programs: a boot takes half a second of a processor. */
export async function realBoard(url: string, isSlow: boolean): Promise<RacingBoard> {
  const board = await createBoard({ server: url, name: 'box', board: 'pi' });
  let diskSha256 = await board.diskSha256();
  return {
    async boot() {
      const { flashed, output, ...boot } = await board.boot(isSlow ? { limitRate: String(SLOW_LINE) } : {});
      diskSha256 = boot.diskSha256;
      return { isFlashed: flashed, diskSha256, output };
    },
    get diskSha256() {
      return diskSha256;
    },
    [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
  };
}

/** Does in this process what the script does, without its programs; `buildOf` tells the build of what it flashed. */
export async function lightBoard(
  url: string,
  isSlow: boolean,
  buildOf: (diskSha256: string) => string | undefined,
): Promise<RacingBoard> {
  let diskSha256 = '';
  return {
    async boot() {
      const target = `${url}/update?${QUERY}&build_id=${buildOf(diskSha256) ?? '0'.repeat(64)}`;
      const { status, body } = await download(target, isSlow);
      const [zst, sums] = membersOf(body);
      const isRight = zst !== undefined && sums?.includes(hash('sha256', zst)) === true;
      if (isRight) diskSha256 = hash('sha256', zstdDecompressSync(zst));
      return { isFlashed: isRight, diskSha256, output: `${status}, ${body.length} bytes` };
    },
    get diskSha256() {
      return diskSha256;
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** What comes before the connection ends, in whatever way. */
async function download(url: string, isSlow: boolean): Promise<{ status: number; body: Buffer }> {
  const asked = request(url, { agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) {
      chunks.push(chunk as Buffer);
      if (isSlow) await setTimeout(((chunk as Buffer).length / SLOW_LINE) * 1000);
    }
  } catch {
    // the server cut it off, since another build came: what there is of the archive does for no board
  }
  return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks) };
}

/** The contents of a tar's members: the `.img.zst` and the `.img.sha256`; of less than both, none. */
function membersOf(archive: Buffer): Buffer[] {
  const members: Buffer[] = [];
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8);
    const content = archive.subarray(at + 512, at + 512 + size);
    if (!Number.isInteger(size) || content.length < size) return [];
    members.push(content);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return members.length === 2 ? members : [];
}
