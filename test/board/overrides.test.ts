import { equal, match } from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type BoardOptions, createBoard } from './board.ts';
import { DEMO_IMAGES, type DemoImage, imageName } from './demo-boxes.ts';
import { bootsOn, flashes, isUpToDate } from './expect-boot.ts';
import { openLine } from './line.ts';
import { serveDemo } from './serve-demo.ts';
import type { RunningServer } from './update-server.ts';

const { main, feature, master, led } = DEMO_IMAGES;

/** Nothing listens there: a board that asks here was not told otherwise. */
const NOWHERE = 'http://127.0.0.1:9';

suite('a board that is told what to run', () => {
  let server: RunningServer;

  before(async () => {
    server = await serveDemo();
  });
  after(() => server[Symbol.asyncDispose]());

  /** A linux-box that must flash `wanted` and be up to date with it. */
  async function getsAndKeeps(wanted: DemoImage, told: Pick<BoardOptions, 'server' | 'updateTxt' | 'dnsTxt'>) {
    await using board = await createBoard({ ...master, ...told });
    await flashes(board, wanted);
    await isUpToDate(board);
  }

  for (const wanted of [main, feature, led]) {
    const { folder: _, board: __, ...parts } = wanted;
    test(`follows update.txt to ${imageName(wanted)}`, async () => {
      await getsAndKeeps(wanted, { server: server.url, updateTxt: parts });
    });
    test(`follows its DNS records to ${imageName(wanted)}`, async () => {
      await getsAndKeeps(wanted, { server: server.url, dnsTxt: parts });
    });
  }

  test('follows update.txt to another server', async () => {
    await getsAndKeeps(main, { server: NOWHERE, updateTxt: { name: main.name, server_http: server.url } });
  });

  test('follows its DNS records to another server', async () => {
    await getsAndKeeps(main, { server: NOWHERE, dnsTxt: { name: main.name, update_server: server.url } });
  });

  test('takes update.txt over its DNS records', async () => {
    await getsAndKeeps(main, { server: server.url, updateTxt: { name: main.name }, dnsTxt: { name: led.name } });
  });

  test('takes its DNS records when update.txt is left as it was built', async () => {
    await getsAndKeeps(main, { server: server.url, updateTxt: {}, dnsTxt: { name: main.name } });
  });

  // The script takes the server for its query, too. There is no name in it: nobody could answer with an image.
  test('boots on untouched when update.txt names a server only', async () => {
    await using line = await openLine(server.url);
    await using board = await createBoard({ ...main, server: NOWHERE, updateTxt: { server_http: line.url } });
    await bootsOn(board);
    match(line.requests()[0] ?? '', /^GET \/update\?http:\/\/127\.0\.0\.1:\d+&build_id=0{64} HTTP/);
    equal((await fetch(`${server.url}/list`)).status, 200);
  });
});
