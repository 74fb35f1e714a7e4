import { equal, match } from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { createBoard } from './board.ts';
import { buildIdOf, DEMO_IMAGES, imageName } from './demo-boxes.ts';
import { flashes, isUpToDate } from './expect-boot.ts';
import { openLine } from './line.ts';
import { serveDemo } from './serve-demo.ts';
import type { RunningServer } from './update-server.ts';

const { main, feature } = DEMO_IMAGES;

suite('a board and the update server', () => {
  let server: RunningServer;

  before(async () => {
    server = await serveDemo();
  });
  after(() => server[Symbol.asyncDispose]());

  for (const shell of ['busybox', 'bash'] as const) {
    for (const image of Object.values(DEMO_IMAGES)) {
      test(`under ${shell}, flashes ${imageName(image)} byte for byte, asks again and is up to date`, async () => {
        await using board = await createBoard({ server: server.url, ...image, shell });
        await flashes(board, image);
        match(await board.boardConf(), new RegExp(`^buildID="?${await buildIdOf(image)}"?$`, 'm'));
        await isUpToDate(board);
      });
    }
  }

  test('a board that already runs the build is up to date from its first boot', async () => {
    await using board = await createBoard({ server: server.url, ...feature, buildId: await buildIdOf(feature) });
    await isUpToDate(board);
  });

  for (const branchField of ['malformed', 'wellformed'] as const) {
    test(`a ${branchField} branch is understood`, async () => {
      await using line = await openLine(server.url);
      await using board = await createBoard({ server: line.url, ...feature, branchField });
      await flashes(board, feature);
      await isUpToDate(board);
      const pair = branchField === 'malformed' ? '&=branch=feature-x' : '&branch=feature-x';
      const query = `name=docker-box&board=odroid-c4${pair}&version=1.2.0&build_id=${'0'.repeat(64)}`;
      equal(line.requests()[0]?.split('\r\n')[0], `GET /update?${query} HTTP/1.1`);
    });
  }

  test('a board that sends its branch and version empty gets the image of the main branch', async () => {
    await using board = await createBoard({ server: server.url, ...feature, branchField: 'forgotten' });
    await flashes(board, main);
    await isUpToDate(board);
  });

  test('a user and a password in the address reach the server and do no harm', async () => {
    await using line = await openLine(server.url);
    const address = line.url.replace('http://', 'http://user:password@');
    await using board = await createBoard({ server: address, ...main });
    await flashes(board, main);
    match(line.requests()[0] ?? '', /\r\nAuthorization: Basic dXNlcjpwYXNzd29yZA==(\r\n|$)/);
  });
});
