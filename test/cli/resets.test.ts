import { equal } from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { startUpdateServer } from '../board/update-server.ts';
import { makeBoxes, writeSet } from '../images/image-sets.ts';

suite('update-server lives on', () => {
  const requests: Record<string, string> = {
    'a tunnel': 'CONNECT x:1 HTTP/1.1\r\n\r\n',
    'an image': 'GET /update/box/box-pi HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'what is no HTTP': '\0\r\n\r\n',
    'to upgrade': 'GET /list HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  };
  for (const [what, request] of Object.entries(requests)) {
    test(`when clients ask for ${what}, and reset the connection before they have an answer`, async () => {
      await using boxes = await makeBoxes();
      await writeSet(boxes.root, 'box', 'box-pi');
      await using server = await startUpdateServer({ imagePath: boxes.root });
      const { hostname, port } = new URL(server.url);
      for (let time = 0; time < 100; time++) {
        const socket = connect(Number(port), hostname).on('error', () => {}); // of a server that is gone
        socket.write(request, () => socket.resetAndDestroy());
        await once(socket, 'close');
      }
      equal(await (await fetch(`${server.url}/list`)).text(), 'box/box-pi\n');
    });
  }
});
