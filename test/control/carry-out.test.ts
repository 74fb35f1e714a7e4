import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { RollOutPlan } from '../../src/boards/roll-out.ts';
import { readStages } from '../../src/boards/stages.ts';
import { KeptBuilds } from '../../src/builds/kept-builds.ts';
import { ServedImages } from '../../src/builds/served-images.ts';
import { Acts } from '../../src/control/acts.ts';
import { AuditLog } from '../../src/control/audit-log.ts';
import { carryOut, type OrderParts } from '../../src/control/carry-out.ts';
import type { Order } from '../../src/control/order.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { BUILD, OLD, startBench } from '../boards/bench.ts';
import { buildId, makeSet } from '../server/harness.ts';

/** Three boards of one kind, and an image of each of two boxes for them; `plan`: how new builds go out. */
async function lab(plan?: RollOutPlan) {
  const bench = await startBench({ rollOutPlan: () => plan }, async (boxes) => {
    await makeSet(boxes, 'box', 'box-pi');
    await makeSet(boxes, 'other', 'other-pi', 1000, 2);
  });
  for (const from of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) {
    await bench.boot(OLD, { from, query: `name=box&board=pi&build_id=${OLD}` });
  }
  const audit = await AuditLog.open(undefined, assert.fail);
  const { registry, server } = bench;
  const order = async (wanted: Order, parts: Partial<OrderParts> = {}) =>
    carryOut(wanted, {
      acts: new Acts({ registry, audit, by: 'anna' }),
      boards: registry.boards,
      rollOutOf: (image, build) => registry.rollOuts.get(image, build),
      snapshot: await new Catalog([server.boxes]).refresh(),
      builds: undefined,
      by: 'anna',
      faults: server.server.faults,
      ...parts,
    });
  const board = (address: string) => registry.boards.find((each) => each.address === address);
  return { bench, audit, order, board, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

function staleText(build: string): string {
  return `the newest build of box/box-pi is ${BUILD.slice(0, 7)}, and not ${JSON.stringify(build)}: nothing was done`;
}

describe('an order', () => {
  it('is carried out on boards by name, address or tag, each once, and recorded', async () => {
    await using site = await lab();
    const { order, board, audit } = site;
    assert.deepEqual(await order({ act: 'rename', board: '127.0.0.2', name: 'bench 1' }), ['127.0.0.2 is bench 1 now']);
    await order({ act: 'tag', boards: ['Bench 1', '127.0.0.3'], add: ['lab'], remove: [] });
    const held = await order({ act: 'hold', boards: ['tag:lab', 'bench 1'], why: 'the display' });
    assert.deepEqual(
      held.map((line) => line.split(' is ')[0]),
      ['127.0.0.3', 'bench 1'],
    );
    assert.deepEqual([board('127.0.0.2')?.held?.why, board('127.0.0.4')?.isHeld], ['the display', false]);
    await order({ act: 'release', boards: ['tag:lab'] });
    assert.equal(board('127.0.0.2')?.isHeld, false);
    await order({ act: 'forget', boards: ['127.0.0.4'] });
    assert.equal(board('127.0.0.4'), undefined);
    assert.deepEqual(
      audit.entries.map(({ act, by }) => `${by} ${act}`),
      ['rename', 'tag', 'tag', 'hold', 'hold', 'release', 'release', 'forget'].map((act) => `anna ${act}`),
    );
  });

  it('tells a tag as boards have it, takes that away by what was typed, and takes none that is empty', async () => {
    await using site = await lab();
    const { order, board } = site;
    const tag = (add: readonly string[], remove: readonly string[] = []) =>
      order({ act: 'tag', boards: ['127.0.0.2'], add: [...add], remove: [...remove] });
    assert.deepEqual(await tag([' lab 2 ', 'spare']), ['127.0.0.2 is tagged lab-2, spare']);
    assert.deepEqual(board('127.0.0.2')?.tags, ['lab-2', 'spare']);
    const refusal = { name: 'UserError', message: 'a tag is a word: it cannot be empty' };
    await assert.rejects(tag(['']), refusal);
    await assert.rejects(tag([], [' ']), refusal);
    assert.deepEqual(await tag([], ['lab 2']), ['127.0.0.2 is tagged not lab-2']);
    assert.deepEqual(board('127.0.0.2')?.tags, ['spare']);
  });

  it('serves a board with a fault on purpose, and no more', async () => {
    await using site = await lab();
    const { order, audit, bench } = site;
    const { faults } = bench.server.server;
    await order({ act: 'rename', board: '127.0.0.2', name: 'bench 1' });
    assert.deepEqual(await order({ act: 'fault', board: 'bench 1', fault: 'cut:50' }), [
      'fault on purpose for bench 1: cut off at 50 %',
    ]);
    assert.deepEqual([faults.armed?.fault, faults.armed?.client], [{ kind: 'cut', percent: 50 }, '127.0.0.2']);
    for (const fault of ['cut', 'cut:50@127.0.0.3', '']) {
      await assert.rejects(order({ act: 'fault', board: 'bench 1', fault }), /is one of cut:<percent>, /);
    }
    await assert.rejects(order({ act: 'fault', board: 'bench 2', fault: 'byte' }), /no board goes by "bench 2"/);
    assert.deepEqual(await order({ act: 'fault-off' }), ['the fault on purpose is off']);
    assert.equal(faults.armed, undefined);
    assert.deepEqual(
      audit.entries.slice(1).map(({ act, name, detail }) => [act, name, detail]),
      [
        ['fault', 'bench 1', 'cut:50'],
        ['fault', 'bench 1', 'off'],
      ],
    );
  });

  it('pins a board to an image, or to a build by the beginning of its ID', async () => {
    await using site = await lab();
    const { order, board } = site;
    await order({ act: 'pin', boards: ['127.0.0.2'], to: 'other-pi' });
    assert.deepEqual([board('127.0.0.2')?.pin?.image, board('127.0.0.2')?.pin?.build], ['other/other-pi', undefined]);
    const [told] = await order({ act: 'pin', boards: ['127.0.0.2'], to: BUILD.slice(0, 7) });
    assert.match(told ?? '', /^127\.0\.0\.2 is pinned to build [0-9a-f]{7} of box\/box-pi$/);
    assert.equal(board('127.0.0.2')?.pin?.build, BUILD);
    await order({ act: 'unpin', boards: ['127.0.0.2'] });
    assert.equal(board('127.0.0.2')?.pin, undefined);
  });

  it('pins a board to the newest build, though all get an earlier one and it is not kept yet', async () => {
    await using site = await lab();
    const { order, board, bench } = site;
    const { boxes } = bench.server;
    const builds = await KeptBuilds.open(path.join(boxes, '..', 'builds'), assert.fail);
    const served = new ServedImages(new Catalog([boxes]), builds);
    const image = (await served.refresh()).byId.get('box/box-pi');
    assert.ok(image);
    await builds.keep(image);
    await builds.serveAgain({ imageId: 'box/box-pi', buildId: BUILD }, { by: 'anna', atMs: 0 });
    await makeSet(boxes, 'box', 'box-pi', 1000, 3);
    const [told] = await order(
      { act: 'pin', boards: ['127.0.0.2'], to: buildId(3).slice(0, 7) },
      { builds, snapshot: await served.refresh(true) },
    );
    assert.equal(told, `127.0.0.2 is pinned to build ${buildId(3).slice(0, 7)} of box/box-pi`);
    assert.equal(board('127.0.0.2')?.pin?.build, buildId(3));
  });

  it('serves a board once, with what it asks for or another image', async () => {
    await using site = await lab();
    const { order, board, audit } = site;
    const once = (image?: string): Order => ({ act: 'serve-once', boards: ['127.0.0.2'], ...(image && { image }) });
    assert.deepEqual(await order(once()), ['127.0.0.2 gets one update, when it asks next']);
    assert.deepEqual([board('127.0.0.2')?.once?.by, board('127.0.0.3')?.once], ['anna', undefined]);
    assert.deepEqual(await order(once('other-pi')), ['127.0.0.2 gets other/other-pi once, when it asks next']);
    assert.equal(board('127.0.0.2')?.once?.image, 'other/other-pi');
    assert.deepEqual(
      audit.entries.map(({ act, image }) => [act, image]),
      [
        ['serve once', undefined],
        ['serve once', 'other/other-pi'],
      ],
    );
    await assert.rejects(order(once('no-such')), { message: /^there is no image and no build "no-such"/ });
    await order({ act: 'hold', boards: ['127.0.0.2'] });
    assert.equal(board('127.0.0.2')?.once, undefined);
    await assert.rejects(order(once()), { name: 'UserError', message: '127.0.0.2 is on hold: release it first' });
  });

  it('sends a build out in stages, halts that, lets it go on and finishes it, and records why', async () => {
    await using site = await lab();
    const { order, bench } = site;
    const rollOut = () => bench.registry.rollOuts.get('box/box-pi', BUILD);
    const step = (step: 'halt' | 'continue' | 'finish' | 'back') =>
      order({ act: 'roll-out', image: 'box-pi', step, why: `${step} it` });
    await assert.rejects(step('halt'), { message: 'no build of box/box-pi is being rolled out' });
    await order({ act: 'roll-out', image: 'box-pi', step: 'start', stages: ['1', '50%'], why: 'a new kernel' });
    assert.deepEqual(
      rollOut()?.stages.map(({ kind }) => kind),
      ['boards', 'percent', 'all'],
    );
    for (const from of ['127.0.0.2', '127.0.0.3']) {
      await bench.boot(OLD, { from, query: `name=box&board=pi&build_id=${OLD}` });
    }
    assert.deepEqual(
      ['127.0.0.2', '127.0.0.3'].map((address) => site.board(address)?.state.kind),
      ['flashing', 'withheld'],
    );
    await step('halt');
    assert.equal(rollOut()?.state.kind, 'halted');
    await assert.rejects(step('back'), { message: /^the build before is not kept/ });
    await step('continue');
    assert.equal(rollOut()?.state.kind, 'running');
    await step('finish');
    assert.equal(rollOut()?.state.kind, 'finished');
    assert.deepEqual(
      site.audit.entries.map(({ act, detail, why }) => [act, detail, why]),
      [
        ['roll-out', 'start', 'a new kernel'],
        ['roll-out', 'halt', 'halt it'],
        ['roll-out', 'continue', 'continue it'],
        ['roll-out', 'finish', 'finish it'],
      ],
    );
    const wrong: Order = { act: 'roll-out', image: 'box-pi', step: 'start', stages: ['some'] };
    await assert.rejects(order(wrong), { name: 'UserError', message: /"some" is none$/ });
  });

  it('names a board as far as names go, and says how', async () => {
    await using site = await lab();
    const long = 'x'.repeat(1_000);
    const named = await site.order({ act: 'rename', board: '127.0.0.2', name: ` ${long}` });
    assert.deepEqual(named, [`127.0.0.2 is ${long.slice(0, 200)} now`]);
    const { boards } = site.bench.registry;
    assert.equal(boards.find(({ address }) => address === '127.0.0.2')?.name, long.slice(0, 200));
  });

  it('about a build that is not the newest any more does nothing, and says so', async () => {
    await using site = await lab();
    const { order, bench, audit } = site;
    const step = (step: 'halt' | 'continue' | 'finish' | 'back', build: string) =>
      order({ act: 'roll-out', image: 'box-pi', step, build });
    const start = (build: string) => order({ act: 'roll-out', image: 'box-pi', step: 'start', stages: ['1'], build });
    await assert.rejects(start(OLD), { name: 'UserError', message: staleText(OLD) });
    assert.match((await start(BUILD.slice(0, 4)))[0] ?? '', /^build [0-9a-f]{7} of box\/box-pi goes out/);
    for (const wanted of ['halt', 'continue', 'finish', 'back'] as const) {
      for (const build of [OLD, '', BUILD.slice(1)]) {
        await assert.rejects(step(wanted, build), { name: 'UserError', message: staleText(build) });
      }
    }
    assert.equal(audit.entries.length, 1);
    assert.match((await step('finish', BUILD.toUpperCase()))[0] ?? '', /is finished: all boards get it$/);
    assert.equal(bench.registry.rollOuts.get('box/box-pi', BUILD)?.state.kind, 'finished');
  });

  it('sends a build out in the stages that are usual on the server, where it names none', async () => {
    const start = { act: 'roll-out', image: 'box-pi', step: 'start' } as const;
    const planOf = async ({ order, bench }: Awaited<ReturnType<typeof lab>>, stages?: readonly string[]) => {
      await order({ ...start, ...(stages && { stages: [...stages] }) });
      const { rollOuts } = bench.registry;
      const { stages: taken, waitMs, isByHand } = rollOuts.get('box/box-pi', BUILD) ?? {};
      return { stages: taken, waitMs, isByHand };
    };
    const isByHand = true;
    {
      await using site = await lab();
      const stages = readStages(['1', '10%', 'all']);
      assert.deepEqual(await planOf(site), { stages, waitMs: undefined, isByHand });
    }
    const usual = readStages(['2', '50%', 'all']);
    await using site = await lab({ stages: usual, waitMs: 60_000 });
    assert.deepEqual(await planOf(site), { stages: usual, waitMs: 60_000, isByHand });
    const given = ['3', 'all'];
    assert.deepEqual(await planOf(site, given), { stages: readStages(given), waitMs: 60_000, isByHand });
  });

  it('that means nothing, or several, is refused in words, and changes nothing', async () => {
    await using site = await lab();
    const { order, audit } = site;
    const refused: readonly [Order, RegExp][] = [
      [{ act: 'hold', boards: ['127.0.0.2', 'nobody'] }, /^no board goes by "nobody"/],
      [{ act: 'hold', boards: ['tag:nothing'] }, /^no board has the tag "nothing"$/],
      [{ act: 'pin', boards: ['127.0.0.2'], to: 'ffffffff' }, /^there is no image and no build "ffffffff"/],
      [{ act: 'pin', boards: ['127.0.0.2'], to: '' }, /^there is no image and no build ""/],
      [{ act: 'serve-build', image: 'box-pi', build: 'newest' }, /^no builds are kept here: set KEEP_BUILDS$/],
    ];
    for (const [wanted, message] of refused) await assert.rejects(order(wanted), { name: 'UserError', message });
    assert.deepEqual(audit.entries, []);
  });

  it('for one of several boards with the same name says how to tell them apart', async () => {
    await using site = await lab();
    const { order } = site;
    await order({ act: 'rename', board: '127.0.0.2', name: 'pi' });
    await order({ act: 'rename', board: '127.0.0.3', name: 'pi' });
    await assert.rejects(order({ act: 'hold', boards: ['pi'] }), { message: /^2 boards go by "pi": say which by / });
  });

  it('reaches each record of a board that went from one box to another', async () => {
    await using site = await lab();
    const { order, bench } = site;
    for (const box of ['box', 'other']) await bench.boot(OLD, { from: '127.0.0.9', query: `name=${box}&board=pi` });
    const forget: Order = { act: 'forget', boards: ['127.0.0.9'] };
    const message = '2 boards go by "127.0.0.9": say which by 127.0.0.9/box or 127.0.0.9/other';
    await assert.rejects(order(forget), { name: 'UserError', message });
    await order({ act: 'hold', boards: ['127.0.0.9/other'] });
    await order({ act: 'forget', boards: ['127.0.0.9/box'] });
    const left = bench.registry.boards.filter(({ address }) => address === '127.0.0.9');
    assert.deepEqual(
      left.map(({ wish, isHeld }) => [wish.box, isHeld]),
      [['other', true]],
    );
    assert.deepEqual(await order(forget), ['127.0.0.9 is forgotten until it asks again']);
  });

  it('on one board is refused with the names of those that a tag means', async () => {
    await using site = await lab();
    const { order } = site;
    await order({ act: 'tag', boards: ['127.0.0.2', '127.0.0.3'], add: ['lab'], remove: [] });
    const message = '2 boards go by "tag:lab": say which by 127.0.0.2 or 127.0.0.3';
    await assert.rejects(order({ act: 'rename', board: 'tag:lab', name: 'x' }), { name: 'UserError', message });
  });
});
