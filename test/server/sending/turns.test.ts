import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readlink, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { MOST_WAITING } from '../../../src/server/limits.ts';
import { Turns } from '../../../src/server/sending/turns.ts';
import type { UpdateServerOptions } from '../../../src/server/server-options.ts';
import type { Transfer } from '../../../src/server/transfer.ts';
import { transferLine } from '../../../src/server/transfer-line.ts';
import { MOST_WAIT_MS } from '../../until.ts';
import { buildId, makeSet, startServer, type TestServer } from '../harness.ts';

const TARGET = '/update/box/box-pi';
const BIG = '/update/box/box-big';
const images = async (boxes: string) => {
  await makeSet(boxes, 'box', 'box-pi', 10_000);
  await makeSet(boxes, 'box', 'box-big', 20_000_000);
};
const start = (options: Partial<UpdateServerOptions> = {}) => startServer(images, { maxTransfers: 1, ...options });

/** A client that has its turn and takes nothing: it holds that until it is destroyed, or reads. */
async function holder(server: TestServer): Promise<Socket> {
  const socket = await server.connect();
  socket.on('error', () => {});
  const answering = once(server.server.events, 'answering');
  socket.write(`GET ${BIG} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await answering;
  return socket;
}

/** A board that asks from an address of its own, and how its answer is. */
function board(server: TestServer, localAddress: string, target = TARGET) {
  const { port } = server.server.address;
  const asked = request({ host: '127.0.0.1', port, path: target, localAddress, agent: false });
  const answer = once(asked, 'response').then(async ([response]) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, retryAfter: response.headers['retry-after'], body: Buffer.concat(chunks) };
  });
  asked.end();
  return { answer, leave: () => asked.destroy() };
}

/** The transfers that wait, by whose turn is first. */
function waiting({ server }: TestServer): Transfer[] {
  const before = ({ state }: Transfer) => (state.kind === 'running' ? state.place?.before : undefined);
  const waits = [...server.running].filter((transfer) => before(transfer) !== undefined);
  return waits.sort((a, b) => (before(a) ?? 0) - (before(b) ?? 0));
}

async function untilWaiting(server: TestServer, count: number): Promise<void> {
  while (waiting(server).length !== count) await pause(5);
}

/** A board's request that is known to wait, as the `count`th. */
async function waitingBoard(server: TestServer, localAddress: string, count: number) {
  const asked = board(server, localAddress);
  await untilWaiting(server, count);
  return asked;
}

describe('turns', () => {
  it('are taken, waited for and given back', () => {
    const turns = new Turns();
    assert.equal(turns.take() && turns.take(), true);
    turns.limit(2);
    assert.equal(turns.take(), false);
    const ends: string[] = [];
    const places = ['a', 'b', 'a'].map((client, index) =>
      turns.wait(client, (end) => ends.push(`${client}${index} ${end}`)),
    );
    const befores = () => places.map((place) => (typeof place === 'string' ? place : place.before));
    assert.deepEqual(befores(), [0, 1, 2]);
    turns.giveBack();
    assert.deepEqual([ends, befores().slice(1), turns.waiting], [['a0 turn'], [0, 1], 2]);
    turns.limit(3);
    assert.deepEqual([ends.slice(1), turns.waiting], [['b1 turn'], 1]);
    turns.limit(1);
    turns.giveBack();
    turns.giveBack();
    assert.deepEqual([ends.length, turns.waiting], [2, 1]);
    turns.stop();
    assert.deepEqual([ends.slice(2), turns.wait('c', () => {})], [['a2 stopping'], 'stopping']);
  });

  it('are waited for by so many at most, of whom those yield that want more', () => {
    const turns = new Turns();
    turns.limit(1);
    turns.take();
    const ends: string[] = [];
    for (let index = 0; index < MOST_WAITING; index++) turns.wait('hog', (end) => ends.push(`${index} ${end}`));
    assert.equal(
      turns.wait('hog', () => {}),
      'full',
    );
    assert.equal(typeof turns.wait('board', () => {}), 'object');
    assert.deepEqual([ends, turns.waiting], [[`${MOST_WAITING - 1} full`], MOST_WAITING]);
  });
});

describe('a board that comes when all turns are taken', { timeout: 2 * MOST_WAIT_MS }, () => {
  it('waits without an answer, and gets the image when it is its turn', async () => {
    await using server = await start();
    const first = await holder(server);
    const ended = new Map<string, Transfer>();
    server.server.events.on('finished', (transfer) => ended.set(transfer.client, transfer));
    const second = await waitingBoard(server, '127.0.0.2', 1);
    const third = await waitingBoard(server, '127.0.0.3', 2);
    const [next, last] = waiting(server);
    assert.deepEqual([next?.client, last?.client, next?.status], ['127.0.0.2', '127.0.0.3', 0]);
    assert.match(transferLine(last as Transfer), / box\/box-pi: queued \(1 ahead\)$/);
    assert.equal(await Promise.race([second.answer, pause(100, 'waits')]), 'waits');
    first.resume();
    for (const { answer } of [second, third]) assert.equal((await answer).status, 200);
    while (ended.size < 3) await server.ended();
    const { waitedMs, durationMs } = ended.get('127.0.0.2') as Transfer;
    assert.ok(waitedMs >= 90 && waitedMs <= durationMs, `${waitedMs} of ${durationMs}`);
    assert.match(transferLine(ended.get('127.0.0.2') as Transfer), /: sent, after \d+ ms in the queue$/);
    assert.match(transferLine(ended.get('127.0.0.1') as Transfer), /: sent$/);
    assert.deepEqual(server.events.filter((event) => event.endsWith('box-pi')).slice(0, 4), [
      `accepted ${TARGET}`,
      `accepted ${TARGET}`,
      `answering ${TARGET}`,
      `finished ${TARGET}`,
    ]);
  });

  it('gets the newest build then, and word of being up to date if it runs that', async () => {
    await using server = await start();
    const first = await holder(server);
    const old = await waitingBoard(server, '127.0.0.2', 1);
    const new_ = board(server, '127.0.0.3', `${TARGET}/${buildId(2)}`);
    await untilWaiting(server, 2);
    const zst = await makeSet(server.boxes, 'box', 'box-pi', 12_000, 2);
    first.destroy();
    assert.ok((await old.answer).body.includes(zst));
    assert.equal((await new_.answer).body.length, 10_240);
    assert.equal((await server.get(TARGET)).status, 200);
  });

  it('is told so when the image went away meanwhile, and its turn goes on', async () => {
    await using server = await start();
    const first = await holder(server);
    const second = await waitingBoard(server, '127.0.0.2', 1);
    await rm(`${server.boxes}/box/box-pi.img.zst`);
    first.destroy();
    assert.equal((await second.answer).status, 404);
    assert.equal((await server.get(BIG, { range: 'bytes=0-99' })).body.length, 100);
  });

  it('holds no file open', { skip: process.platform !== 'linux' && 'there is no /proc' }, async () => {
    await using server = await start();
    const first = await holder(server);
    const boards = Array.from({ length: 30 }, (_, index) => board(server, `127.0.0.${index + 2}`));
    await untilWaiting(server, 30);
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    assert.equal(open.filter((file) => file.startsWith(server.boxes)).length, 1);
    first.destroy();
    for (const { answer } of boards) assert.equal((await answer).status, 200);
  });

  it('has its turn, too, when that becomes free while it is looked for', async () => {
    await using server = await start();
    for (let time = 0; time < 400; time++) {
      const first = await server.connect();
      first.on('error', () => {});
      const answered = once(first, 'data');
      first.write(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await answered;
      const second = board(server, '127.0.0.2');
      await pause(time % 7);
      first.destroy();
      assert.equal((await second.answer).status, 200);
    }
  });

  it('leaves its place when it goes away', async () => {
    await using server = await start();
    const first = await holder(server);
    const second = await waitingBoard(server, '127.0.0.2', 1);
    const third = await waitingBoard(server, '127.0.0.3', 2);
    const ended = server.ended();
    second.answer.catch(() => {});
    second.leave();
    const { state, status, client } = await ended;
    assert.deepEqual([state, status, client], [{ kind: 'broken', reason: 'client closed' }, 0, '127.0.0.2']);
    assert.deepEqual(
      waiting(server).map(({ client }) => client),
      ['127.0.0.3'],
    );
    first.destroy();
    assert.equal((await third.answer).status, 200);
  });

  it('does not keep others from answers that need no turn', async () => {
    await using server = await start();
    const first = await holder(server);
    const second = await waitingBoard(server, '127.0.0.2', 1);
    const { status, headers } = await server.get(TARGET, {}, 'HEAD');
    const statuses = [
      status,
      (await server.get(TARGET, { 'if-none-match': headers.etag ?? '' })).status,
      (await server.get(`${TARGET}/${buildId()}`)).status,
      (await server.get('/list')).status,
      (await server.get('/update/box/none')).status,
      (await server.get(TARGET, { range: 'bytes=99999999-' })).status,
    ];
    assert.deepEqual(statuses, [200, 304, 200, 200, 404, 416]);
    first.destroy();
    await second.answer;
  });

  it('comes before all but one of a client that asked a hundred times', async () => {
    await using server = await start();
    const first = await holder(server);
    const order: string[] = [];
    server.server.events.on('finished', ({ client }) => order.push(client));
    const hog = Array.from({ length: 100 }, () => board(server, '127.0.0.2'));
    await untilWaiting(server, 100);
    const other = await waitingBoard(server, '127.0.0.3', 101);
    assert.equal(waiting(server)[1]?.client, '127.0.0.3');
    first.destroy();
    await Promise.all([other, ...hog].map(({ answer }) => answer));
    while (order.length < 101) await server.ended();
    assert.deepEqual(order.slice(0, 2), ['127.0.0.2', '127.0.0.3']);
  });

  it('finds no place when a thousand wait, unless others want more than it', async () => {
    await using server = await start();
    const first = await holder(server);
    const hog = Array.from({ length: MOST_WAITING }, () => board(server, '127.0.0.2'));
    await untilWaiting(server, MOST_WAITING);
    const { status, retryAfter, body } = await board(server, '127.0.0.2').answer;
    assert.deepEqual([status, retryAfter], [503, '60']);
    assert.equal(
      body.toString(),
      '1 image is being sent, which is the limit, and the queue is full; ask again later\n',
    );
    const yielded = Promise.race(hog.map(({ answer }) => answer));
    const other = board(server, '127.0.0.3');
    assert.equal((await yielded).status, 503);
    first.destroy();
    assert.equal((await other.answer).status, 200);
    for (const { answer, leave } of hog) {
      answer.catch(() => {});
      leave();
    }
  });

  it('has its turn when more are allowed', async () => {
    await using server = await start();
    const first = await holder(server);
    const second = await waitingBoard(server, '127.0.0.2', 1);
    server.server.limit({ maxTransfers: 2 });
    assert.equal((await second.answer).status, 200);
    first.destroy();
  });
});

describe('a server that is stopped while boards wait', { timeout: MOST_WAIT_MS }, () => {
  it('refuses them at once, and finishes what is being sent', async () => {
    await using server = await start();
    const first = await holder(server);
    const second = await waitingBoard(server, '127.0.0.2', 1);
    const stopped = server.server.stop();
    const { status, body } = await second.answer;
    assert.deepEqual([status, body.toString()], [503, 'the server is being stopped\n']);
    let bytes = 0;
    first.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await Promise.all([stopped, once(first, 'close')]);
    assert.ok(bytes > 20_000_000);
  });

  it('after its one shot counts that alone', async () => {
    await using server = await start({ mode: { kind: 'once' } });
    const first = await holder(server);
    const second = await waitingBoard(server, '127.0.0.2', 1);
    first.destroy(); // broken, which is no update
    assert.equal((await second.answer).status, 200);
    assert.equal((await server.server.stopped)?.client, '127.0.0.2');
  });

  it('by its one shot refuses those that wait', async () => {
    await using server = await start({ mode: { kind: 'once' } });
    const first = await holder(server);
    const second = await waitingBoard(server, '127.0.0.2', 1);
    await server.get(`${TARGET}/${buildId()}`);
    assert.equal((await second.answer).status, 503);
    first.resume();
    assert.equal((await server.server.stopped)?.client, '127.0.0.1');
  });
});
