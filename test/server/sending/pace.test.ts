import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { BURST_MS } from '../../../src/server/limits.ts';
import { Pace } from '../../../src/server/sending/pace.ts';
import { MOST_WAIT_MS } from '../../until.ts';
import { type FakeClock, fakeClock } from '../fake-clock.ts';
import { makeSet, startServer, type TestServer } from '../harness.ts';

const RATE = 1_000_000;
const TARGET = '/update/box/box-pi';

/** A transfer to a board that takes at most `speed` bytes a second; answers what it got so far. */
function transfer(pace: Pace, clock: FakeClock, client: string, speed = Number.POSITIVE_INFINITY): () => number {
  let bytes = 0;
  const ask = () => {
    const piece = pace.mostBytes;
    pace.ask(client, piece, () => {
      bytes += piece;
      clock.after((piece / speed) * 1000, ask);
    });
  };
  ask();
  return () => bytes;
}

/** Jain's fairness index: 1 where all got the same, 1/n where one got all. */
function fairness(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
}

function limited(clock: FakeClock, rate = RATE): Pace {
  const pace = new Pace(clock);
  pace.limit(rate);
  return pace;
}

describe('a line that is shared', () => {
  for (const lateMs of [0, 1, 20]) {
    it(`is full, and gives each the same, with timers ${lateMs} ms late`, () => {
      const clock = fakeClock(lateMs);
      const pace = limited(clock);
      const boards = ['a', 'b', 'c', 'd', 'e'].map((client) => transfer(pace, clock, client));
      clock.pass(60_000);
      const shares = boards.map((bytes) => bytes());
      const piece = pace.mostBytes;
      assert.ok(Math.max(...shares) - Math.min(...shares) <= piece, shares.join(' '));
      const sum = shares.reduce((a, b) => a + b, 0);
      assert.ok(sum <= 60 * RATE + (BURST_MS * RATE) / 1000 + piece && sum >= 60 * RATE - 2 * piece, String(sum));
    });
  }

  it('gives to the others what a slow board cannot take', () => {
    const clock = fakeClock();
    const pace = limited(clock);
    const slow = transfer(pace, clock, 'slow', RATE / 10);
    const fast = ['a', 'b', 'c'].map((client) => transfer(pace, clock, client));
    clock.pass(60_000);
    // it has no buffer, as a socket has, and so it waits for the others' pieces between its own
    assert.ok(slow() > 0.75 * 6 * RATE && slow() <= 6 * RATE, String(slow()));
    const rest = (60 * RATE - slow()) / 3;
    for (const bytes of fast) assert.ok(Math.abs(bytes() - rest) < 0.01 * rest, `${bytes()} of ${rest}`);
  });

  it('gives a client with ten transfers no more than one with one', () => {
    const clock = fakeClock();
    const pace = limited(clock);
    const one = transfer(pace, clock, 'one');
    const ten = Array.from({ length: 10 }, () => transfer(pace, clock, 'ten'));
    clock.pass(60_000);
    const sum = ten.reduce((total, bytes) => total + bytes(), 0);
    // what it makes up for at the start goes to whoever asks then
    assert.ok(Math.abs(one() - sum) <= (BURST_MS * RATE) / 1000, `${one()} and ${sum}`);
    assert.ok(fairness(ten.map((bytes) => bytes())) > 0.999);
  });

  it('gives one that comes late its share from then on, and no more', () => {
    const clock = fakeClock();
    const pace = limited(clock);
    const early = transfer(pace, clock, 'early');
    clock.pass(30_000);
    const before = early();
    const late = transfer(pace, clock, 'late');
    clock.pass(30_000);
    assert.ok(Math.abs(early() - before - late()) <= pace.mostBytes);
  });

  it('gives nothing to one that withdrew, and does not tick while nobody waits', () => {
    const clock = fakeClock();
    const pace = limited(clock);
    const gone: string[] = [];
    pace.ask('a', 1_000_000, () => gone.push('a'));
    assert.deepEqual([gone, clock.pending], [['a'], 0]);
    const withdraw = pace.ask('b', 10, () => gone.push('b'));
    const other = pace.ask('c', 10, () => gone.push('c'));
    assert.equal(clock.pending, 1);
    withdraw();
    assert.equal(clock.pending, 1);
    clock.pass(2_000);
    assert.deepEqual([gone, clock.pending], [['a', 'c'], 0]);
    other();
    pace.ask('d', 1_000_000, () => gone.push('d'));
    const last = pace.ask('e', 10, () => gone.push('e'));
    last();
    last();
    assert.deepEqual([gone, clock.pending], [['a', 'c', 'd'], 0]);
  });

  it('goes at a new rate at once, and freely when that is taken away', () => {
    const clock = fakeClock();
    const pace = limited(clock, 1000);
    const gone: number[] = [];
    for (let piece = 0; piece < 3; piece++) pace.ask('a', 4096, () => gone.push(clock.now()));
    pace.limit(4_096_000);
    clock.pass(10);
    assert.deepEqual(gone, [0, 0, 0]);
    pace.limit(1000);
    for (let piece = 0; piece < 3; piece++) pace.ask('a', 4096, () => gone.push(clock.now()));
    pace.limit(undefined);
    assert.deepEqual([gone.length, clock.pending, pace.mostBytes], [6, 0, Number.POSITIVE_INFINITY]);
  });

  for (const [rate, piece] of [
    [1000, 4096],
    [RATE, 5000],
    [12_500_000, 62_500],
    [1_000_000_000, 524_288],
  ] as const) {
    it(`of ${rate} bytes a second takes ${piece} at a time`, () => {
      assert.equal(limited(fakeClock(), rate).mostBytes, piece);
    });
  }
});

/** A board that asks from an address of its own and counts what it gets. */
async function board(server: TestServer, localAddress: string) {
  const { port } = server.server.address;
  const got = { bytes: 0 };
  const asked = request({ host: '127.0.0.1', port, path: TARGET, localAddress, agent: false });
  const ended = once(asked, 'response').then(async ([answer]) => {
    answer.on('data', (chunk: Buffer) => {
      got.bytes += chunk.length;
    });
    await once(answer, 'end');
  });
  asked.end();
  return { got, ended, leave: () => asked.destroy() };
}

describe('boards that share a limited line', { timeout: MOST_WAIT_MS }, () => {
  it('get the same midway, together no more than the line takes, and the image in the end', async () => {
    const rateLimit = 4_000_000;
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 1_000_000), { rateLimit });
    const begun = performance.now();
    const boards = await Promise.all(Array.from({ length: 8 }, (_, index) => board(server, `127.0.0.${index + 2}`)));
    const sum = () => boards.reduce((total, { got }) => total + got.bytes, 0);
    const bound = () => (rateLimit * (performance.now() - begun + BURST_MS)) / 1000 + rateLimit / 200;
    while (sum() < 4_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(sum() <= bound(), `${sum()} of ${bound()}`);
    const shares = boards.map(({ got }) => got.bytes);
    assert.ok(fairness(shares) >= 0.95, shares.join(' '));
    await Promise.all(boards.map(({ ended }) => ended));
    assert.ok(sum() <= bound() && boards.every(({ got }) => got.bytes === boards[0]?.got.bytes && got.bytes > 1e6));
  });

  it('are not kept from it by one that went away while it waited for its share', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 100_000), { rateLimit: 10_000 });
    const gone = await Promise.all(Array.from({ length: 5 }, (_, index) => board(server, `127.0.0.${index + 2}`)));
    for (const { ended } of gone) ended.catch(() => {});
    while (server.events.filter((event) => event.startsWith('answering')).length < 5) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const { leave } of gone) leave();
    await server.idle();
    server.server.limit({ rateLimit: 1_000_000 });
    const last = await board(server, '127.0.0.9');
    await last.ended;
    assert.ok(last.got.bytes > 100_000);
    assert.equal(server.events.filter((event) => event.startsWith('broken')).length, 5);
  });

  it('go on at the new rate when it is changed', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 1_000_000), {
      rateLimit: 10_000,
    });
    const one = await board(server, '127.0.0.2');
    while (one.got.bytes === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    server.server.limit({});
    await one.ended;
    assert.ok(one.got.bytes > 1_000_000);
  });
});
