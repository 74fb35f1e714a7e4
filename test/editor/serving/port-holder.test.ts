import { deepEqual, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { suite, test } from 'node:test';
import { ImageChecks } from '../../../src/checks/image-checks.ts';
import { identifyHolder } from '../../../src/editor/serving/port-holder.ts';
import { Catalog } from '../../../src/images/catalog.ts';
import type { Identity } from '../../../src/server/admission/identity.ts';
import { UpdateServer } from '../../../src/server/update-server.ts';

const MKBOX = { server: 'mkbox', version: '1.0.0' } as const;

async function serveImages(identity: Identity, host = '127.0.0.1') {
  const server = await UpdateServer.start({
    catalog: new Catalog([]),
    checks: await ImageChecks.open(),
    host,
    port: 0,
    identity,
  });
  return { port: server.address.port, [Symbol.asyncDispose]: async () => void (await server.stop(0)) };
}

async function serveOther(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close().closeAllConnections();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

suite('who holds a port', () => {
  test('is the mkbox window of a workspace', async () => {
    await using server = await serveImages({ ...MKBOX, workspace: 'lab' });
    deepEqual(await identifyHolder('127.0.0.1', server.port), { kind: 'mkbox window', workspace: 'lab' });
  });

  test('is an update-server that runs alone', async () => {
    await using server = await serveImages(MKBOX);
    deepEqual(await identifyHolder('127.0.0.1', server.port), { kind: 'update-server' });
  });

  test('is told also where the address stands for all of them, and by name', async () => {
    await using server = await serveImages(MKBOX, '0.0.0.0');
    deepEqual(await identifyHolder('0.0.0.0', server.port), { kind: 'update-server' });
    deepEqual(await identifyHolder('localhost', server.port), { kind: 'update-server' });
  });

  test('is told of a window whose machine is busy, too', async () => {
    const identity = JSON.stringify({ ...MKBOX, workspace: 'lab' });
    await using server = await serveOther((_, response) => setTimeout(() => response.end(identity), 2_000));
    deepEqual(await identifyHolder('127.0.0.1', server.port), { kind: 'mkbox window', workspace: 'lab' });
  });

  const answers: readonly [what: string, answer: RequestListener][] = [
    ['a page', (_, response) => response.end('<html>')],
    ['other JSON', (_, response) => response.end('{"server":"nginx"}')],
    ['null', (_, response) => response.end('null')],
    ['a workspace that is no name', (_, response) => response.end('{"server":"mkbox","workspace":1}')],
    ['nothing but a closed connection', (request) => request.socket.destroy()],
    ['a redirect', (_, response) => response.writeHead(302, { Location: '/elsewhere' }).end()],
  ];
  for (const [what, answer] of answers) {
    test(`is not known when the answer is ${what}`, async () => {
      await using server = await serveOther(answer);
      deepEqual(await identifyHolder('127.0.0.1', server.port), { kind: 'unknown' });
    });
  }

  test('is not known when there is no answer, and that is told soon', async () => {
    await using server = await serveOther(() => {});
    const begin = performance.now();
    deepEqual(await identifyHolder('127.0.0.1', server.port), { kind: 'unknown' });
    ok(performance.now() - begin < 20_000);
  });

  test('is not known when nobody listens', async () => {
    const gone = createTcpServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    deepEqual(await identifyHolder('127.0.0.1', port), { kind: 'unknown' });
  });
});
