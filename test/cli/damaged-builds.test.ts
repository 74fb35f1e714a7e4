import assert from 'node:assert/strict';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SET_FILES } from '../../src/images/image-name.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { type Bench, makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B, type WrittenSet } from '../images/image-sets.ts';
import { runCommand } from './run-command.ts';

/** Where a file of the kept build lies, by what its name ends with. */
type FileOf = (suffix: string) => string;

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

const DAMAGES: Record<string, (file: FileOf, set: WrittenSet) => Promise<void>> = {
  'a bit of its image is another': (file, { zst }) => writeFile(file(SET_FILES.zst), flipped(zst, 12)),
  'the last bit of its image is another': (file, { zst }) =>
    writeFile(file(SET_FILES.zst), flipped(zst, zst.length - 1)),
  'its image is cut': (file, { zst }) => truncate(file(SET_FILES.zst), zst.length - 5),
  'its image is empty': (file) => truncate(file(SET_FILES.zst), 0),
  'its image is gone': (file) => rm(file(SET_FILES.zst)),
  'its checksums are gone': (file) => rm(file(SET_FILES.checksums)),
  'its checksums are those of something else': (file, { zst }) =>
    writeFile(file(SET_FILES.checksums), `${flipped(zst, 0).toString('hex', 0, 32).padEnd(64, '0')}  box-pi.img.zst\n`),
  'its build ID is gone': (file) => rm(file(SET_FILES.buildId)),
  'its build ID is another': (file) => writeFile(file(SET_FILES.buildId), `${BUILD_B}  box-pi.img\n`),
};

describe('a kept build that was damaged on the disk', () => {
  let bench: Bench;
  let server: RunningServer;
  let kept: WrittenSet;
  let env: Record<string, string>;
  const whole = new Map<string, Buffer>();

  before(async () => {
    bench = await makeBench();
    await (await bench.open()).keep(await bench.build(BUILD_A));
    kept = bench.written;
    for (const suffix of Object.values(SET_FILES)) whole.set(file(suffix), await readFile(file(suffix)));
    await bench.build(BUILD_B);
    env = { STATE_PATH: bench.boxes.beside('boards.json'), KEEP_PATH: bench.folder, KEEP_BUILDS: '2' };
    server = await startUpdateServer({ imagePath: bench.boxes.root, env });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
  });

  const file: FileOf = (suffix) => path.join(bench.folder, 'box/box-pi', BUILD_A, `box-pi${suffix}`);
  const mend = async () => {
    for (const [name, bytes] of whole) await writeFile(name, bytes);
  };
  /** Whether a board that asks gets the kept build, to its last byte. */
  const getsKept = async () => {
    const response = await fetch(`${server.url}/update?name=box&board=pi&build_id=${'c'.repeat(64)}`);
    const body = await response.bytes().catch(() => undefined); // it was cut off
    return body !== undefined && Buffer.from(body).includes(kept.zst);
  };
  const control = async (...args: string[]) => {
    const { status, stderr } = await runCommand(args, env);
    assert.deepEqual([status, stderr], [0, '']);
  };

  for (const [way, ...order] of [
    ['served again', 'serve-build', 'box-pi', BUILD_A],
    ['pinned', 'pin', '127.0.0.1', BUILD_A],
  ] as const) {
    it(`is sent to no board to its end where it is ${way}, and is when it is whole`, { timeout: 240_000 }, async () => {
      await getsKept(); // the board is known then
      await control(...order);
      for (const [what, damage] of Object.entries(DAMAGES)) {
        while (!(await getsKept())); // what was mended is seen within a second
        await damage(file, kept);
        for (const time of ['at once', 'again']) assert.equal(await getsKept(), false, `${what}, ${time}`);
        await mend();
      }
      const told = server.lines().filter((line) => line.includes('the kept build of box/box-pi'));
      assert.match(told.join('\n'), /is not sent: box-pi\.img\.zst .*; delete it, or choose another one/);
      assert.match(told.join('\n'), /that is to be sent is incomplete: box-pi\.img\.zst is missing/);
      assert.doesNotMatch(told.join('\n'), /build it again/);
      await control(...(way === 'pinned' ? ['unpin', '127.0.0.1'] : ['serve-build', 'box-pi', 'newest']));
    });
  }
});
