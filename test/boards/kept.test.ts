import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { SAVE_EVERY_MS } from '../../src/boards/limits.ts';
import { makeSet } from '../server/harness.ts';
import { until } from '../until.ts';
import { BUILD, OLD, plain, startBench } from './bench.ts';

/** A folder for the state file, gone at the end. */
async function stateFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-boards-'));
  return {
    folder,
    statePath: path.join(folder, 'below', 'boards.json'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Has the disk refuse to write the file, until the returned function is called: a file is where its folder was. */
async function refuseTo(statePath: string): Promise<() => Promise<void>> {
  const folder = path.dirname(statePath);
  await rename(folder, `${folder}.away`);
  await writeFile(folder, 'a file where a folder should be');
  return async () => {
    await rm(folder);
    await rename(`${folder}.away`, folder);
  };
}

/** A registry over the file, with what it had to say. */
/** As the next process knows it; `now`: its clock, where that of the one before was put forward. */
async function reopen(statePath: string, now?: () => number): Promise<{ registry: BoardRegistry; messages: string[] }> {
  const messages: string[] = [];
  return { registry: await BoardRegistry.open({ statePath, now, onMessage: (text) => messages.push(text) }), messages };
}

describe('the boards that are kept', () => {
  it('are the same after a restart, with what was learned', async () => {
    await using state = await stateFolder();
    await using bench = await startBench({ statePath: state.statePath });
    await bench.boot(OLD, { from: '127.0.0.2' });
    bench.pass(60_000);
    await bench.boot(BUILD, { from: '127.0.0.2' });
    await bench.boot(OLD, { from: '127.0.0.3' });
    await bench.boot(OLD, { from: '127.0.0.4', query: 'name=box&board=pi&version=%ff%00"x"' });
    for (let time = 0; time < 3; time++) await bench.boot(OLD, { from: '127.0.0.5' });
    const [first, second] = bench.registry.boards;
    bench.registry.rename(first?.id ?? '', 'Gerät "eins"');
    bench.registry.hold(second?.id ?? '');
    bench.registry.serveOnce(first?.id ?? '', { by: 'anna', atMs: 1, image: 'other/other-pi', box: 'other' });
    await bench.boot(OLD, { from: '127.0.0.6', headers: { range: 'bytes=0-9' } });
    await bench.registry.close();
    const { registry, messages } = await reopen(state.statePath, bench.registry.now);
    const { mode } = await stat(state.statePath);
    assert.deepEqual([messages, process.platform === 'win32' || mode & 0o777], [[], 0o600]);
    assert.deepEqual(registry.boards, bench.registry.boards);
    assert.equal(registry.boards.find(({ isHeld }) => isHeld)?.state.kind, 'flashing');
    assert.deepEqual(await readdir(path.dirname(state.statePath)), ['boards.json']);
  });

  it('are read once more where another process had the file until now, but for one that was touched', async () => {
    await using state = await stateFolder();
    await using bench = await startBench({ statePath: state.statePath });
    await bench.boot(OLD, { from: '127.0.0.2' });
    await bench.registry.close();
    const { registry: untouched } = await reopen(state.statePath);
    const { registry: touched } = await reopen(state.statePath);
    touched.rename(touched.boards[0]?.id ?? '', 'mine');
    await using later = await startBench({ statePath: state.statePath });
    await later.boot(BUILD, { from: '127.0.0.2' });
    await later.boot(OLD, { from: '127.0.0.3' });
    await later.registry.close();
    for (const registry of [untouched, touched]) await registry.reread();
    assert.deepEqual(untouched.boards, later.registry.boards);
    assert.deepEqual(
      touched.boards.map(({ name, state }) => [name, state.kind]),
      [['mine', 'flashing']],
    );
    await rm(state.statePath);
    await untouched.reread();
    assert.equal(untouched.boards.length, 2);
    await touched.close();
  });

  it('were broken off where they were being answered', async () => {
    await using state = await stateFolder();
    await using bench = await startBench({ statePath: state.statePath }, (boxes) =>
      makeSet(boxes, 'box', 'box-pi', 20_000_000),
    );
    const hung = Promise.withResolvers<void>();
    const answering = once(bench.server.server.events, 'answering');
    const old = bench.boot(OLD, { hangs: hung.promise });
    await answering;
    assert.equal(bench.board().state.kind, 'downloading');
    const kept = () => readFile(state.statePath, 'utf8').catch(() => '');
    await until(async () => /"ofBytes":2\d{7}\b/.test(await kept()), kept);
    const { registry } = await reopen(state.statePath);
    const [board] = registry.boards;
    assert.ok(board?.state.kind === 'broken off' && board.state.ofBytes > 20_000_000, JSON.stringify(board));
    hung.resolve();
    await old;
  });

  it('are written at most once a second, at the end in any case', async () => {
    await using state = await stateFolder();
    const registry = await BoardRegistry.open({ statePath: state.statePath });
    await using bench = await startBench();
    registry.watch(bench.server.server);
    const times = new Set<number>();
    const begunMs = performance.now();
    while (times.size < 3) {
      await bench.boot(BUILD, { from: '127.0.0.2' });
      times.add((await stat(state.statePath).catch(() => undefined))?.mtimeMs ?? 0);
      times.delete(0);
    }
    assert.ok(performance.now() - begunMs > 1.9 * SAVE_EVERY_MS, 'at most once a second');
    await bench.boot(BUILD, { from: '127.0.0.3' });
    await registry.close();
    assert.equal((await reopen(state.statePath)).registry.boards.length, 2);
  });

  it('are none where there is no file', async () => {
    await using state = await stateFolder();
    const { registry, messages } = await reopen(state.statePath);
    assert.deepEqual([registry.boards, messages], [[], []]);
    await registry.close();
  });

  const damages: Record<string, [text: string, why: RegExp]> = {
    empty: ['', /not JSON/],
    'cut off': ['{"format":1,"flashTimes":[],"boards":[\n{"id":"a"', /not JSON/],
    zeros: ['\0'.repeat(4096), /not JSON/],
    'other JSON': ['null', /format unknown/],
    "a list's JSON": ['[1]', /format unknown/],
    'of a later version': ['{"format":3,"boards":[],"flashTimes":[]}', /format 3, not 2/],
    'without boards': ['{"format":1,"flashTimes":[]}', /there are no boards/],
    'with odd times': [
      '{"format":1,"flashTimes":[["a",["b"]]],"boards":[]}',
      /1 of 1 entries are not valid flash times/,
    ],
    'with what is no board': [
      '{"format":1,"flashTimes":[],"boards":[{"id":"a"},null,7]}',
      /3 of 3 entries are not valid boards/,
    ],
  };
  for (const [what, [text, why]] of Object.entries(damages)) {
    it(`are set aside, and said to be damaged, where the file is ${what}`, async () => {
      await using state = await stateFolder();
      await mkdir(path.dirname(state.statePath));
      await writeFile(state.statePath, text);
      const { registry, messages } = await reopen(state.statePath);
      const [aside = '', ...others] = (await readdir(path.dirname(state.statePath))).toSorted().reverse();
      assert.match(aside, /^boards\.json\.damaged-[-0-9T.]+Z$/);
      assert.equal(await readFile(path.join(path.dirname(state.statePath), aside), 'utf8'), text);
      assert.deepEqual([others, registry.boards, messages.length], [['boards.json'], [], 1]);
      assert.match(messages[0] ?? '', why);
      assert.ok(messages[0]?.includes(aside));
      await registry.close();
    });
  }

  it('are those that can be read of a damaged file', async () => {
    await using state = await stateFolder();
    await using bench = await startBench({ statePath: state.statePath });
    await bench.boot(OLD, { from: '127.0.0.2' });
    await bench.boot(OLD, { from: '127.0.0.3' });
    await bench.registry.close();
    const text = await readFile(state.statePath, 'utf8');
    for (const [part, spoilt] of [
      ['"flashing"', '"toString"'],
      ['"isHeld":false', '"isHeld":0'],
      [`"build":"${BUILD}"`, '"build":null'],
      ['"history":[{', '"history":[7,{'],
      ['"wish":{', '"wish":{"branch":[],'],
    ] as const) {
      assert.ok(text.includes(part));
      await writeFile(state.statePath, text.replace(part, spoilt));
      const { registry, messages } = await reopen(state.statePath);
      assert.deepEqual([registry.boards.map(({ address }) => address), messages.length], [['127.0.0.3'], 1], part);
    }
  });

  it('are held, pinned and named as they were, though a version before kept longer texts than are read', async () => {
    await using state = await stateFolder();
    await using bench = await startBench({ statePath: state.statePath });
    await bench.boot(OLD);
    const { id } = bench.board();
    const act = { by: 'anna', atMs: 1, why: 'the display' };
    bench.registry.hold(id, act);
    bench.registry.pin(id, { ...act, image: 'box/box-pi' });
    bench.registry.tag(id, ['lab']);
    bench.registry.rename(id, 'bench 1');
    bench.registry.rollOuts.start('box/box-pi', BUILD, OLD, { stages: [{ kind: 'all' }], isByHand: true });
    bench.registry.rollOuts.halt('box/box-pi', BUILD, act);
    await bench.registry.close();
    const long = 'x'.repeat(5_000);
    const tags = Array.from({ length: 30 }, (_, at) => `tag ${at}`);
    const text = (await readFile(state.statePath, 'utf8'))
      .replaceAll('"the display"', `"${long}"`)
      .replaceAll('"anna"', `"${long}"`)
      .replace('["lab"]', JSON.stringify(tags));
    await writeFile(state.statePath, text);
    const { registry, messages } = await reopen(state.statePath);
    const cut = { by: long.slice(0, 1_000), atMs: 1, why: long.slice(0, 1_000) };
    const [{ held, pin, name, tags: kept } = assert.fail()] = registry.boards;
    assert.deepEqual([messages, held, pin, name], [[], cut, { ...cut, image: 'box/box-pi' }, 'bench 1']);
    assert.deepEqual(kept, tags.slice(0, 20));
    const [{ state: halted } = assert.fail()] = registry.rollOuts.list;
    assert.deepEqual(halted, { kind: 'halted', why: { kind: 'person', ...cut } });
  });

  for (const [how, end] of [
    ['ended in order', (registry: BoardRegistry) => registry.close()],
    ['was killed', async () => {}],
  ] as const) {
    it(`are, with roll-outs, what is whole of a damaged file at the second start, too, where the first ${how}`, async () => {
      await using state = await stateFolder();
      await using bench = await startBench({ statePath: state.statePath });
      await bench.boot(OLD, { from: '127.0.0.2' });
      await bench.boot(OLD, { from: '127.0.0.3' });
      for (const { id } of bench.registry.boards) bench.registry.hold(id, { by: 'anna', atMs: 1 });
      const stages = [{ kind: 'boards', count: 1 }] as const;
      bench.registry.rollOuts.start('box/box-pi', BUILD, OLD, { stages, isByHand: true });
      await bench.registry.close();
      const text = await readFile(state.statePath, 'utf8');
      await writeFile(state.statePath, text.replace('"kind":"flashing"', '"kind":"of a later version"'));
      const whole = bench.registry.boards.filter(({ address }) => address === '127.0.0.3');
      for (const messages of [1, 0]) {
        const start = await reopen(state.statePath);
        assert.deepEqual(start.registry.boards, whole);
        assert.deepEqual(start.registry.rollOuts.list, bench.registry.rollOuts.list);
        assert.equal(start.messages.length, messages);
        await end(start.registry);
      }
    });
  }

  it('are none where a folder has the name of the file, which stays as it is', async () => {
    await using state = await stateFolder();
    await mkdir(path.join(state.statePath, 'of others'), { recursive: true });
    const { registry, messages } = await reopen(state.statePath);
    await using bench = await startBench();
    registry.watch(bench.server.server);
    await bench.boot(OLD);
    assert.deepEqual(await registry.save(), { kind: 'for good', code: 'EISDIR' });
    await registry.close();
    assert.equal(registry.boards.length, 1);
    assert.deepEqual(messages, [
      `the boards kept in ${state.statePath} can't be read (EISDIR); none are kept from now on`,
    ]);
    const left = await readdir(path.dirname(state.statePath), { recursive: true });
    assert.deepEqual(left.toSorted(), ['boards.json', path.join('boards.json', 'of others')]);
  });

  it('are kept once the disk takes them again, and at the latest when all ends in order', async () => {
    await using state = await stateFolder();
    const { registry, messages } = await reopen(state.statePath);
    await using bench = await startBench();
    registry.watch(bench.server.server);
    await bench.boot(OLD, { from: '127.0.0.2' });
    assert.equal(await registry.save(), undefined);
    const setAside = await refuseTo(state.statePath);
    registry.hold(registry.boards[0]?.id ?? '', { by: 'anna', atMs: 1, why: 'the display' });
    const unkept = await registry.save();
    assert.equal(unkept?.kind, 'so far');
    assert.match(unkept.code, /^E(EXIST|NOTDIR)$/);
    assert.match(messages.join('\n'), /^the boards could not be kept in .*E(EXIST|NOTDIR)\)$/);
    await setAside();
    await registry.close();
    assert.deepEqual((await reopen(state.statePath)).registry.boards[0]?.held?.why, 'the display');
  });

  it('are what is whole of a damaged file, too, where that could not be written at first', async () => {
    await using state = await stateFolder();
    await using bench = await startBench({ statePath: state.statePath });
    await bench.boot(OLD, { from: '127.0.0.2' });
    await bench.boot(OLD, { from: '127.0.0.3' });
    await bench.registry.close();
    const text = await readFile(state.statePath, 'utf8');
    await writeFile(state.statePath, text.replace('"kind":"flashing"', '"kind":"of a later version"'));
    const inTheWay = `${state.statePath}.${process.pid}.part`;
    await mkdir(path.join(inTheWay, 'of others'), { recursive: true });
    const { registry, messages } = await reopen(state.statePath);
    assert.deepEqual([registry.boards.length, messages.length], [1, 2], messages.join('\n'));
    await rm(inTheWay, { recursive: true });
    await registry.close();
    assert.deepEqual((await reopen(state.statePath)).registry.boards, registry.boards);
  });

  it('cannot be kept where that fails, which is said once and stops nothing', async () => {
    await using state = await stateFolder();
    await writeFile(path.dirname(state.statePath), 'a file where a folder should be');
    const { registry, messages } = await reopen(state.statePath);
    await using bench = await startBench();
    registry.watch(bench.server.server);
    for (let time = 0; time < 2; time++) {
      await bench.boot(OLD);
      await sleep(1_100);
    }
    await registry.close();
    assert.equal(plain(registry.boards[0]?.state ?? { kind: 'held', sinceMs: 0 }).kind, 'flashing');
    assert.match(messages.join('\n'), /^the boards (could not be kept|kept) in .*E(NOTDIR|EXIST).*$/);
  });
});
