import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { buildId, makeSet } from '../server/harness.ts';
import { BUILD, historyOf, OLD, plain, startBench } from './bench.ts';

const BIG = 30_000_000;
const bigImage = (boxes: string) => makeSet(boxes, 'box', 'box-pi', BIG);

describe('a board', () => {
  it('is checking while its answer is looked for, downloading while it comes, and flashing when it has it', async () => {
    await using bench = await startBench();
    const seen: string[] = [];
    const look = () => seen.push(bench.board().state.kind);
    for (const event of ['asked', 'answering', 'finished'] as const) bench.server.server.events.on(event, look);
    await bench.boot(OLD, { query: 'name=box&board=pi&branch=&version=' });
    assert.deepEqual(seen, ['checking', 'downloading', 'flashing']);
    const { wish, address, reportedBuild, image, state, history, mac, firstSeenMs, lastSeenMs } = bench.board();
    assert.deepEqual([wish, address, mac], [{ box: 'box', board: 'pi' }, '127.0.0.1', undefined]);
    assert.deepEqual([reportedBuild, image, plain(state)], [OLD, 'box/box-pi', { kind: 'flashing', build: BUILD }]);
    const given = { build: BUILD, image: 'box/box-pi', givenAtMs: state.sinceMs, times: 1 };
    assert.deepEqual(history, [{ ...given, loops: 1, reported: OLD }]);
    assert.ok(firstSeenMs <= lastSeenMs && lastSeenMs === state.sinceMs);
  });

  it('is none when someone on this machine asks without a build ID, until a build ID comes', async () => {
    await using bench = await startBench();
    for (const agent of ['curl/8.14.1', 'Mozilla/5.0', 'Wget/1.25']) {
      assert.equal(await bench.boot(undefined, { headers: { 'user-agent': agent } }), 200);
    }
    assert.deepEqual(bench.registry.boards, []);
    await bench.boot(OLD, { headers: { 'user-agent': 'curl/8.14.1' } });
    const { id } = bench.board();
    await bench.boot(undefined);
    assert.equal(bench.board().id, id);
    await bench.boot(undefined, { as: '192.0.2.7' });
    assert.deepEqual(bench.registry.boards.map(({ address }) => address).sort(), ['127.0.0.1', '192.0.2.7']);
  });

  it('is waiting until it is its turn, then downloading; broken off if it goes away before', async () => {
    await using bench = await startBench({}, bigImage, { maxTransfers: 1 });
    const go = Promise.withResolvers<void>();
    const first = bench.boot(OLD, { from: '127.0.0.2', hangs: go.promise });
    await once(bench.server.server.events, 'answering');
    const waiting = once(bench.server.server.events, 'waiting');
    const second = bench.boot(OLD, { from: '127.0.0.3' });
    const [transfer] = await waiting;
    const board = () => bench.registry.boards.find(({ address }) => address === '127.0.0.3');
    const { state, id = '' } = board() ?? {};
    assert.deepEqual(state && plain(state), { kind: 'waiting', build: BUILD, transferId: transfer.id });
    assert.equal(bench.registry.transferOf(id), transfer);
    const seen: (string | undefined)[] = [];
    const look = () => seen.push(board()?.state.kind);
    bench.server.server.events.on('answering', look).on('finished', look);
    go.resolve();
    assert.deepEqual([await second, seen], [200, ['downloading', 'flashing']]);
    await first;
    const hold = Promise.withResolvers<void>();
    const third = bench.boot(OLD, { from: '127.0.0.2', hangs: hold.promise });
    await once(bench.server.server.events, 'answering');
    const socket = connect({ port: bench.server.server.address.port, host: '127.0.0.1', localAddress: '127.0.0.3' });
    socket.write(`GET /update?name=box&board=pi&build_id=${OLD} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(bench.server.server.events, 'waiting');
    assert.equal(board()?.state.kind, 'waiting');
    const broken = once(bench.server.server.events, 'broken');
    socket.destroy();
    await broken;
    const { kind, ...rest } = plain(board()?.state ?? { kind: 'silent', sinceMs: 0 });
    assert.deepEqual([kind, rest], ['broken off', { atByte: 0, ofBytes: 0, reason: 'client closed' }]);
    hold.resolve();
    await third;
  });

  it('is confirmed when it asks with the build it was given, and up to date when it asks once more', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    await bench.boot(BUILD);
    const { state, history } = bench.board();
    assert.deepEqual(plain(state), { kind: 'confirmed', build: BUILD });
    assert.equal(history[0]?.confirmedAtMs, state.sinceMs);
    await bench.boot(BUILD);
    assert.deepEqual(plain(bench.board().state), { kind: 'up to date', build: BUILD });
    assert.deepEqual(historyOf(bench.board()), ['b1 x1+']);
    assert.deepEqual(bench.events, ['confirmed 127.0.0.1']);
  });

  it('that confirms a build and gets a newer one at once goes on to that', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 2);
    await bench.boot(BUILD);
    const { state } = bench.board();
    assert.deepEqual([state.kind, 'build' in state && state.build], ['flashing', buildId(2)]);
    assert.deepEqual(historyOf(bench.board()), ['b2 x1', 'b1 x1+']);
    assert.deepEqual(bench.events, ['confirmed 127.0.0.1']);
  });

  it('is refused, with names in one line', async () => {
    await using bench = await startBench();
    assert.equal(await bench.boot(OLD, { query: 'name=box&board=pi&branch=no%0Asuch' }), 404);
    const { state, image, wish } = bench.board();
    assert.deepEqual(plain(state), {
      kind: 'refused',
      status: 404,
      refusal: { kind: 'no image', tried: ['box-pi-no such'], nearest: 'box-pi' },
    });
    assert.deepEqual([image, wish.branch], [undefined, 'no\nsuch']);
    await bench.boot(OLD, { query: 'board=pi' });
    assert.match(JSON.stringify(bench.registry.boards.map(({ state }) => state)), /"part missing","part":"box"/);
  });

  it('is broken off where its power went, and counts from the beginning when it went on from there', async () => {
    await using bench = await startBench({}, bigImage);
    await bench.boot(OLD, { cutAt: 100_000 });
    const { state, history } = bench.board();
    assert.ok(state.kind === 'broken off' && state.reason === 'client closed', JSON.stringify(state));
    assert.ok(state.atByte >= 100_000 && state.atByte < state.ofBytes && state.ofBytes > BIG);
    assert.deepEqual(history, []);
    const range = `bytes=${state.ofBytes - 20_000_000}-`;
    await bench.boot(OLD, { headers: { range }, cutAt: 100_000 });
    const again = bench.board().state;
    assert.ok(again.kind === 'broken off' && again.atByte >= state.ofBytes - 20_000_000 + 100_000);
    assert.equal(again.ofBytes, state.ofBytes);
    await bench.boot(OLD, { headers: { range } });
    assert.deepEqual(plain(bench.board().state), { kind: 'flashing', build: BUILD });
    assert.deepEqual(historyOf(bench.board()), ['b1 x1']);
  });

  it('is known by what it asked last, though what it asks is answered from memory', async () => {
    await using bench = await startBench({}, async (boxes) => {
      await makeSet(boxes, 'box', 'box-pi');
      await makeSet(boxes, 'box', 'box-pi-dev');
    });
    const queries = ['name=box&board=pi', 'name=box&board=pi&branch=dev'];
    for (const query of [...queries, ...queries, ...queries]) {
      await bench.boot(BUILD, { query });
      const { image, wish, state } = bench.board();
      const branch = query.endsWith('dev') ? 'dev' : undefined;
      assert.deepEqual([image, wish.branch], [branch === undefined ? 'box/box-pi' : 'box/box-pi-dev', branch]);
      assert.deepEqual(plain(state), { kind: 'up to date', build: BUILD });
    }
  });

  it('stands where it stood after it looked at a part, or at what it has', async () => {
    await using bench = await startBench();
    await bench.boot(OLD, { headers: { range: 'bytes=0-99' } });
    assert.equal(bench.board().state.kind, 'broken off');
    await bench.boot(BUILD);
    for (const headers of [{ range: 'bytes=0-99' }, { 'if-none-match': '*' }, { range: 'bytes=99999-' }]) {
      await bench.boot(OLD, { headers });
      assert.deepEqual(plain(bench.board().state), { kind: 'up to date', build: BUILD });
    }
    assert.deepEqual(bench.board().history, []);
  });

  it('is reflashing from the third time it asks without the build it got twice, until it has it', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    await bench.boot(OLD);
    assert.equal(bench.board().state.kind, 'flashing');
    const seen: unknown[] = [];
    bench.server.server.events.once('answering', () => seen.push(plain(bench.board().state)));
    await bench.boot(OLD);
    const loop = { kind: 'reflashing', build: BUILD, reported: OLD };
    assert.deepEqual(seen, [{ ...loop, times: 2 }]);
    const { state } = bench.board();
    assert.deepEqual(plain(state), { ...loop, times: 3 });
    await bench.boot(OLD);
    assert.deepEqual(bench.board().state, { ...state, times: 4 });
    await bench.boot(BUILD);
    assert.equal(bench.board().state.kind, 'confirmed');
    assert.deepEqual(bench.events, ['reflashing 127.0.0.1', 'reflashing 127.0.0.1', 'confirmed 127.0.0.1']);
    assert.deepEqual(historyOf(bench.board()), ['b1 x4+']);
  });

  it('is not reflashing when it gets another build, nor does a power cut count', async () => {
    await using bench = await startBench({}, bigImage);
    await bench.boot(OLD, { cutAt: 1000 });
    await bench.boot(OLD);
    await bench.boot(OLD, { cutAt: 1000 });
    assert.deepEqual(historyOf(bench.board()), ['b1 x1']);
    await bench.boot(OLD);
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 2);
    await bench.boot(OLD);
    assert.deepEqual(plain(bench.board().state), { kind: 'flashing', build: buildId(2) });
    assert.deepEqual(historyOf(bench.board()), ['b2 x1', 'b1 x2']);
  });

  it('is what its newest request says while an older one still hangs', async () => {
    await using bench = await startBench({}, bigImage);
    const hung = Promise.withResolvers<void>();
    const answering = once(bench.server.server.events, 'answering');
    const old = bench.boot(OLD, { hangs: hung.promise });
    await answering;
    const { state, id } = bench.board();
    assert.equal(bench.registry.transferOf(id)?.totalBytes, 30_003_200);
    assert.deepEqual(plain(state), { kind: 'downloading', build: BUILD, transferId: 1 });
    await bench.boot(BUILD, { isOneOfMany: true });
    await bench.server.idle(1);
    assert.equal(bench.board().state.kind, 'up to date');
    assert.equal(bench.registry.transferOf(id), undefined);
    hung.resolve();
    await old;
    await bench.server.idle();
    assert.equal(bench.board().state.kind, 'up to date');
  });

  it('that loads twice at once did not load twice in a row, and is no single one', async () => {
    await using bench = await startBench({}, bigImage);
    for (let time = 0; time < 2; time++) {
      await Promise.all([bench.boot(OLD), bench.boot(OLD)]);
      assert.deepEqual([bench.board().state.kind, historyOf(bench.board())], ['flashing', [`b1 x${time + 1}`]]);
    }
    await bench.boot(OLD);
    assert.deepEqual([bench.board().state.kind, bench.events], ['flashing', []]);
  });

  it('is held until it is released', async () => {
    await using bench = await startBench();
    await bench.boot(OLD, { from: '127.0.0.2' });
    await bench.boot(OLD, { from: '127.0.0.3' });
    const [second] = bench.registry.boards;
    bench.registry.hold(second?.id ?? '');
    await bench.boot(OLD, { from: '127.0.0.2' });
    await bench.boot(OLD, { from: '127.0.0.3' });
    assert.deepEqual(
      bench.registry.boards.map(({ state, isHeld }) => [state.kind, isHeld]),
      [
        ['held', true],
        ['flashing', false],
      ],
    );
    bench.registry.release(second?.id ?? '');
    await bench.boot(OLD, { from: '127.0.0.2' });
    assert.equal(bench.registry.get(second?.id ?? '')?.state.kind, 'flashing');
  });

  it('has the name it is given, by which boards are sorted, and can be forgotten', async () => {
    await using bench = await startBench();
    for (const from of ['127.0.0.10', '127.0.0.9', '127.0.0.100']) await bench.boot(BUILD, { from });
    const names = () => bench.registry.boards.map((board) => board.name ?? board.address);
    assert.deepEqual(names(), ['127.0.0.9', '127.0.0.10', '127.0.0.100']);
    const [nine, ten] = bench.registry.boards;
    bench.registry.rename(nine?.id ?? '', ' the rack, top ');
    assert.deepEqual(names(), ['127.0.0.10', '127.0.0.100', 'the rack, top']);
    bench.registry.forget(ten?.id ?? '');
    assert.deepEqual(names(), ['127.0.0.100', 'the rack, top']);
    assert.equal(bench.registry.get(ten?.id ?? ''), undefined);
    await bench.boot(BUILD, { from: '127.0.0.9' });
    bench.registry.rename(nine?.id ?? '', '');
    assert.deepEqual(names(), ['127.0.0.9', '127.0.0.100']);
    await bench.boot(BUILD, { from: '127.0.0.10' });
    assert.notEqual(bench.registry.boards[1]?.id, ten?.id);
  });

  it('is nobody who lists, looks, or says neither what it is nor what it runs', async () => {
    await using bench = await startBench();
    for (const path of ['/list', '/update/box/box-pi', '/update?name=box', '/none', '/identity']) {
      await bench.boot(undefined, { path });
    }
    await bench.boot(OLD, { method: 'HEAD' });
    assert.deepEqual(bench.registry.boards, []);
    await bench.boot(undefined, { path: `/update/box/box-pi/${OLD}` });
    assert.deepEqual(bench.board().wish, { box: 'box', image: 'box-pi' });
  });

  it('has not asked where someone else looks what it would get, be that known already or not', async () => {
    await using bench = await startBench();
    for (let time = 0; time < 2; time++) await bench.boot(BUILD);
    const { lastSeenMs } = bench.board();
    for (const isKnown of [true, false]) {
      bench.pass(60_000);
      if (!isKnown) bench.server.server.forgetAnswers();
      await bench.boot(BUILD, { method: 'HEAD' });
      assert.equal(bench.board().lastSeenMs, lastSeenMs);
    }
  });

  it('is broken off where nobody watches any longer', async () => {
    await using bench = await startBench({}, bigImage);
    const stopped = bench.registry.watch({ events: bench.server.server.events });
    stopped();
    const hung = Promise.withResolvers<void>();
    const answering = once(bench.server.server.events, 'answering');
    const old = bench.boot(OLD, { hangs: hung.promise });
    await answering;
    await bench.registry.close();
    assert.equal(bench.board().state.kind, 'broken off');
    hung.resolve();
    await old;
  });
});
