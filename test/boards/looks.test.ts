import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { UNKNOWN_FLASH_MS } from '../../src/boards/limits.ts';
import type { RollOutPlan } from '../../src/boards/roll-out.ts';
import { TRIAL_AGENT } from '../../src/trial/trial-agent.ts';
import { type Bench, BUILD, OLD, startBench } from './bench.ts';

const IMAGE = 'box/box-pi';
const PLAN: RollOutPlan = { stages: [{ kind: 'boards', count: 1 }, { kind: 'all' }] };
const [A, B, C] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;

/** Boards that are known and run the old build. */
async function lab(): Promise<Bench> {
  const bench = await startBench();
  bench.registry.rollOuts.start(IMAGE, BUILD, OLD, { ...PLAN, isByHand: true });
  bench.registry.rollOuts.halt(IMAGE, BUILD, { by: 'anna', atMs: 0 });
  for (const from of [A, B]) await bench.boot(OLD, { from });
  bench.registry.rollOuts.start(IMAGE, BUILD, OLD, { ...PLAN, isByHand: true });
  return bench;
}

/** What someone would get who asks from an address: an image, or nothing. */
async function look({ server }: Bench, from: string, build = OLD, headers: Record<string, string> = {}) {
  const { port } = server.server.address;
  const target = `/update?name=box&board=pi${build === '' ? '' : `&build_id=${build}`}`;
  const asked = request({
    host: '127.0.0.1',
    port,
    path: target,
    method: 'HEAD',
    localAddress: from,
    headers,
    agent: false,
  });
  const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
  answer.resume();
  await server.idle();
  return answer.headers.etag === undefined ? 'nothing' : 'image';
}

/** All that is known, as it is kept. Roll-outs take in what boards said a moment later; here they do at once. */
function known({ registry }: Bench) {
  registry.rollOuts.observe();
  return [registry.boards, registry.rollOuts.list, registry.rollOuts.standIns];
}

describe('a HEAD', () => {
  it('tells a board that it is its turn, and takes no place', async () => {
    await using bench = await lab();
    const before = known(bench);
    assert.equal(await look(bench, A), 'image');
    assert.deepEqual(known(bench), before);
    await bench.boot(OLD, { from: B });
    assert.deepEqual([await look(bench, A), await look(bench, B)], ['nothing', 'image']);
    assert.equal(bench.registry.rollOuts.get(IMAGE, BUILD)?.members.length, 1);
  });

  it('tells the same to one that is not known, as it would be then, and makes it no board', async () => {
    await using bench = await lab();
    const before = known(bench);
    assert.deepEqual([await look(bench, C), await look(bench, C, '')], ['image', 'nothing']);
    assert.deepEqual(known(bench), before);
    await bench.boot(OLD, { from: B });
    assert.equal(await look(bench, C), 'nothing');
  });

  it('tells by what it says it runs, not by what the board said last', async () => {
    await using bench = await lab();
    await bench.boot(OLD, { from: A });
    await bench.boot(BUILD, { from: A });
    const before = known(bench);
    assert.deepEqual([await look(bench, A, BUILD), await look(bench, A, OLD)], ['nothing', 'image']);
    assert.deepEqual(known(bench), before);
  });

  it('begins no roll-out, and tells who would be the first', async () => {
    await using bench = await startBench({ rollOutPlan: () => PLAN });
    const { registry } = bench;
    const knows = () => registry.rollOuts.list.map(({ build }) => build);
    for (const from of [A, B]) await bench.boot(OLD, { from, query: 'name=box&board=other' });
    assert.deepEqual([await look(bench, A), knows()], ['image', []], 'what is there at first is no new build');
    registry.rollOuts.start(IMAGE, OLD, undefined, PLAN);
    registry.rollOuts.finish(IMAGE, OLD);
    assert.deepEqual([await look(bench, A), knows()], ['image', [OLD]]);
    // of what is up to date, nobody looks again for a moment
    for (const headers of [{}, {}, { 'user-agent': TRIAL_AGENT }]) await look(bench, A, BUILD, headers);
    assert.deepEqual(knows(), [OLD]);
  });
});

describe('the HEAD of an edge', () => {
  it('is the question of the board behind it, which takes its place', async () => {
    await using bench = await lab();
    const edge = '127.0.0.1';
    const [first, second] = [{ 'x-forwarded-for': A }, { 'x-forwarded-for': B }];
    const looks = [await look(bench, edge, OLD, first), await look(bench, edge, OLD, second)];
    assert.deepEqual([...looks, await look(bench, edge, OLD, first)], ['image', 'nothing', 'image']);
    assert.equal(bench.registry.rollOuts.get(IMAGE, BUILD)?.members.length, 1);
  });
});

describe('a board that asks, and gets nothing of the image', () => {
  const asks: Record<string, Record<string, string>> = {
    'as it has it': { 'if-none-match': '*' },
    'as there is no such part': { range: 'bytes=999999999-' },
    'as it has another one': { 'if-match': '"another"' },
  };
  for (const [why, headers] of Object.entries(asks)) {
    it(`${why}, keeps its place, and counts as given it neither now nor later`, async () => {
      await using bench = await lab();
      const { registry, boot, pass } = bench;
      await boot(OLD, { from: A, headers });
      await boot(OLD, { from: B });
      pass(UNKNOWN_FLASH_MS + 1);
      registry.rollOuts.observe();
      const { members, state } = registry.rollOuts.get(IMAGE, BUILD) ?? {};
      assert.deepEqual(
        [members?.length, state?.kind, registry.boards.flatMap(({ history }) => history)],
        [1, 'running', []],
      );
      await boot(OLD, { from: A });
      assert.equal(registry.boards.find(({ address }) => address === A)?.state.kind, 'flashing');
    });
  }

  it('as it is gone before the first byte, keeps its place, and counts as given it neither now nor later', async () => {
    await using bench = await lab();
    const { registry, boot, pass, server } = bench;
    const { events, address } = server.server;
    const socket = connect({ host: '127.0.0.1', port: address.port, localAddress: A });
    events.once('asked', () => void socket.resetAndDestroy());
    const broken = once(events, 'broken');
    socket.write(`GET /update?name=box&board=pi&build_id=${OLD} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    await broken;
    await boot(OLD, { from: B });
    pass(UNKNOWN_FLASH_MS + 1);
    registry.rollOuts.observe();
    const { members, state } = registry.rollOuts.get(IMAGE, BUILD) ?? {};
    assert.deepEqual(
      [members?.length, state?.kind, registry.boards.flatMap(({ history }) => history)],
      [1, 'running', []],
    );
  });

  it('as a fault is in force, keeps its place, and counts as given it neither now nor later', async () => {
    await using bench = await lab();
    const { registry, boot, pass, server } = bench;
    server.server.faults.arm({ fault: { kind: 'status', status: 503 } });
    assert.equal(await boot(OLD, { from: A }), 503);
    await boot(OLD, { from: B });
    pass(UNKNOWN_FLASH_MS + 1);
    registry.rollOuts.observe();
    const { members, state } = registry.rollOuts.get(IMAGE, BUILD) ?? {};
    assert.deepEqual(
      [members?.length, state?.kind, registry.boards.flatMap(({ history }) => history)],
      [1, 'running', []],
    );
  });
});
