import { doesNotMatch, equal, match } from 'node:assert/strict';
import { open, rm, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { createBoard } from './board.ts';
import { DEMO_IMAGES, setFile } from './demo-boxes.ts';
import { bootsOn, flashes } from './expect-boot.ts';
import { openLine } from './line.ts';
import { serveDemo } from './serve-demo.ts';
import type { RunningServer } from './update-server.ts';

/** Until tar has read what came, and named its file. */
const TAR_SAYS_MS = 1_000;

const { main, feature, plain, master, release, led } = DEMO_IMAGES;

suite('a board boots its old system, untouched,', () => {
  let server: RunningServer;

  before(async () => {
    server = await serveDemo(async (boxes) => {
      await rm(setFile(plain, '.img.buildID', boxes));
      await rm(setFile(master, '.img.sha256', boxes));
      await rm(setFile(release, '.img.zst', boxes));
      await invertMiddleByte(setFile(led, '.img.zst', boxes));
    });
  });
  after(() => server[Symbol.asyncDispose]());

  test('when the server is not there', async () => {
    await using board = await createBoard({ ...main, server: `http://127.0.0.1:${await freePort()}` });
    match((await bootsOn(board)).output, /curl: \(7\)/);
  });

  test('when its image is unknown', async () => {
    await using board = await createBoard({ ...main, name: 'no-such-box', server: server.url });
    match((await bootsOn(board)).output, /tar: This does not look like a tar archive/);
  });

  for (const [suffix, image] of [
    ['.img.buildID', plain],
    ['.img.sha256', master],
    ['.img.zst', release],
  ] as const) {
    test(`when its image has no ${suffix}`, async () => {
      await using board = await createBoard({ ...image, server: server.url });
      match((await bootsOn(board)).output, /tar: This does not look like a tar archive/);
    });
  }

  test('when the image was damaged where it lies', async () => {
    await using board = await createBoard({ ...led, server: server.url });
    doesNotMatch((await bootsOn(board)).output, /updating/);
  });

  for (const shell of ['busybox', 'bash'] as const) {
    test(`when the image was damaged on its way, under ${shell}`, async () => {
      const { size } = await stat(setFile(main, '.img.zst'));
      await using line = await openLine(server.url, { invertAt: Math.floor(size / 2) });
      await using board = await createBoard({ ...main, server: line.url, shell });
      match((await bootsOn(board)).output, /\.img\.zst: FAILED/);
    });
  }

  test('when the plug is pulled during the download, and flashes at its next boot', async () => {
    await using line = await openLine(server.url, { cutAfter: 20_000, cut: 'silence' });
    await using board = await createBoard({ ...feature, server: line.url });
    const plug = new AbortController();
    const pulled = line.cut.then(() => sleep(TAR_SAYS_MS)).then(() => plug.abort());
    const { exit, output } = await bootsOn(board, { signal: plug.signal });
    await pulled;
    equal(exit, 128 + constants.signals.SIGKILL);
    match(output, /feature-x-1\.2\.0\.img\.zst\n/);
    line.repair();
    await flashes(board, feature);
  });
});

/** Spoils a file without changing its size. */
async function invertMiddleByte(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const position = Math.floor((await file.stat()).size / 2);
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  await file.write(Uint8Array.of(byte.readUInt8() ^ 0xff), 0, 1, position);
}
