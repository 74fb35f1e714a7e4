import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Networks } from '../../../src/server/admission/networks.ts';
import { whoGivesWay } from '../../../src/server/socket/crowding.ts';
import { transferLine } from '../../../src/server/transfer-line.ts';
import { makeSet, startServer, type TestServer } from '../harness.ts';

const BIG = '/update/box/box-big';
const images = async (boxes: string) => {
  await makeSet(boxes, 'box', 'box-pi', 10_000);
  await makeSet(boxes, 'box', 'box-big', 20_000_000);
};

/** Connections as `<address><number>`, in capitals where something is being answered: who gives way to the last one. */
function givesWay(connections: string, spared = ''): string {
  const all = connections.split(' ');
  return whoGivesWay(all, all.at(-1) ?? '', {
    addressOf: (connection) => connection.slice(0, 1).toLowerCase(),
    isBusy: (connection) => connection !== connection.toLowerCase(),
    isSpared: (address) => spared.includes(address),
  });
}

describe('when all connections are taken', () => {
  const cases: [what: string, connections: string, gives: string, spared?: string][] = [
    ['the oldest silent one gives way', 'A1 b1 A2 c1 d1', 'b1'],
    ['a silent one gives way before those of an address that has many', 'A1 A2 A3 A4 b1 c1', 'b1'],
    ['the newest of the address with the most gives way where none is silent', 'A1 B1 A2 A3 B2 c1', 'A3'],
    ['another one of an address with the most does not', 'A1 B1 A2 A3 a4', 'a4'],
    ['one of an address with one less does not', 'A1 A2 B1 b2', 'b2'],
    ['one of an address with two less does', 'A1 A2 A3 B1 b2', 'A3'],
    ['the newcomer does where all have the same', 'A1 B1 C1 d1', 'd1'],
    ['proxies do not', 'p1 P2 P3 P4 A1 A2 b1', 'A2', 'p'],
    ['proxies do not, even where there is nobody else', 'P1 P2 P3 b1', 'b1', 'p'],
    ['the only one stays nowhere else', 'a1', 'a1'],
  ];
  for (const [what, connections, gives, spared] of cases) {
    it(what, () => assert.equal(givesWay(connections, spared), gives));
  }
});

/** A connection from `localAddress`, which asked for `target`, if that is given, and reads nothing. */
async function from(server: TestServer, localAddress: string, target?: string): Promise<Socket> {
  const socket = connect({ port: server.server.address.port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (target !== undefined) {
    const answering = once(server.server.events, 'answering');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await answering;
  }
  return socket;
}

describe('a server of ten connections', { timeout: 30_000 }, () => {
  it('serves a board though others hold all, and closes the one that was silent longest', async () => {
    await using server = await startServer(images, { maxConnections: 10 });
    const silent: Socket[] = [];
    for (let index = 0; index < 10; index++) silent.push(await from(server, '127.0.0.2'));
    const closed = Promise.race(silent.map((socket, index) => once(socket.resume(), 'close').then(() => index)));
    assert.equal((await server.get('/update/box/box-pi')).status, 200);
    assert.equal(await closed, 0);
    for (const socket of silent) socket.destroy();
  });

  it('breaks off a download of the client that has the most, and says so', async () => {
    await using server = await startServer(images, { maxConnections: 10 });
    const stalled: Socket[] = [];
    for (let index = 0; index < 10; index++) stalled.push(await from(server, '127.0.0.2', BIG));
    const ended = server.ended(({ client }) => client === '127.0.0.2');
    const board = from(server, '127.0.0.3', '/list');
    const broken = await ended;
    assert.deepEqual([broken.client, broken.state], ['127.0.0.2', { kind: 'broken', reason: 'gave way' }]);
    assert.match(
      transferLine(broken),
      /: broken off at byte \d+ of 20\d+: all connections were taken, and this client had/,
    );
    const [answer] = await once(await board, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
    for (const socket of [...stalled, await board]) socket.destroy();
  });

  it('closes the eleventh of one client at once, and keeps its ten', async () => {
    await using server = await startServer(images, { maxConnections: 10 });
    const boards: Socket[] = [];
    for (let index = 0; index < 10; index++) boards.push(await from(server, '127.0.0.2', BIG));
    const eleventh = await from(server, '127.0.0.2');
    await once(eleventh.resume(), 'close');
    assert.equal(server.server.running.size, 10);
    for (const socket of boards) socket.destroy();
  });

  it('spares a proxy that is trusted', async () => {
    const trustedProxies = new Networks(['127.0.0.2']);
    await using server = await startServer(images, { maxConnections: 10, trustedProxies });
    const proxied: Socket[] = [];
    for (let index = 0; index < 10; index++) proxied.push(await from(server, '127.0.0.2', index < 8 ? BIG : undefined));
    const board = await from(server, '127.0.0.3');
    await once(board.resume(), 'close');
    await pause(50);
    assert.deepEqual([server.server.running.size, proxied.filter(({ closed }) => closed).length], [8, 0]);
    for (const socket of proxied) socket.destroy();
  });
});
