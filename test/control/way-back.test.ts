import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import type { RollOutPlan } from '../../src/boards/roll-out.ts';
import { ServedImages } from '../../src/builds/served-images.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Acts } from '../../src/control/acts.ts';
import { since } from '../../src/control/as-shown.ts';
import { AuditLog } from '../../src/control/audit-log.ts';
import { carryOut } from '../../src/control/carry-out.ts';
import { goBack } from '../../src/control/go-back.ts';
import type { Order } from '../../src/control/order.ts';
import { startRollOut } from '../../src/control/start-roll-out.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { IMAGE_ID, imageIn, makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';

const BUILD_C = 'c'.repeat(64);
const BUILD_D = 'd'.repeat(64);
const STAGES = [{ kind: 'boards', count: 1 }, { kind: 'all' }] as const;
const BOARDS = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const;

/** Three boards that run build A, a server that keeps all builds, and what a person orders. */
async function site(plan: RollOutPlan | undefined = { stages: STAGES }) {
  const bench = await makeBench();
  await bench.build(BUILD_A);
  const builds = await bench.open();
  // not the one that the bench looks at: as a server's, it may see only later what is written over a set
  const served = new ServedImages(new Catalog([bench.boxes.root]), builds);
  const checks = await ImageChecks.open();
  const clock = { nowMs: Date.now() };
  const options = {
    statePath: bench.boxes.beside('boards.json'),
    rollOutPlan: () => plan,
    keptBuild: (imageId: string, buildId: string) => builds.find({ imageId, buildId }),
    now: () => clock.nowMs,
  };
  let registry = await BoardRegistry.open(options);
  const start = async () => {
    const { assigner } = registry;
    const trustedProxies = new Networks(['127.0.0.1']);
    const server = await UpdateServer.start({
      catalog: served,
      checks,
      host: '127.0.0.1',
      port: 0,
      assigner,
      trustedProxies,
    });
    registry.watch(server);
    return server;
  };
  let server = await start();
  builds.events.on('changed', () => server.forgetAnswers());
  const audit = await AuditLog.open(undefined, assert.fail);
  const running = new Map<string, string>(BOARDS.map((board) => [board, BUILD_A]));
  const acts = () => new Acts({ registry, audit, by: 'anna' });

  /** A board boots, and runs what it gets unless it `fails`; answers what it was given. */
  const boot = async (address: string, fails = false) => {
    const { port } = server.address;
    const asked = await fetch(`http://127.0.0.1:${port}/update?name=box&board=pi&build_id=${running.get(address)}`, {
      headers: { 'x-forwarded-for': address, connection: 'close' },
    });
    const bytes = await asked.bytes();
    while (server.running.size > 0) await sleep(2);
    clock.nowMs += 1_000;
    if (!Buffer.from(bytes).includes('box-pi.img.zst')) return undefined;
    const given = registry.boards.find((board) => board.address === address)?.history[0]?.build;
    if (!fails && given !== undefined) running.set(address, given);
    return given;
  };
  const site = {
    bench,
    builds,
    running,
    boot,
    acts,
    /** All boards boot so often that a build would be everywhere. */
    async settle() {
      for (let time = 0; time < 3; time++) for (const board of BOARDS) await boot(board);
      registry.rollOuts.observe();
    },
    /** A build is written over the one that is there, and kept. */
    async publish(build: string) {
      assert.equal(await builds.keep(await bench.build(build)), 'kept');
      server.forgetAnswers();
    },
    async order(order: Order) {
      const snapshot = await served.refresh(true);
      const rollOutOf = (image: string, build: string) => registry.rollOuts.get(image, build);
      const { boards } = registry;
      const { faults } = server;
      return carryOut(order, { acts: acts(), boards, rollOutOf, snapshot, builds, by: 'anna', faults });
    },
    serve: (build: string) => site.order({ act: 'serve-build', image: 'box-pi', build }),
    goBack: () => site.order({ act: 'roll-out', image: 'box-pi', step: 'back' }),
    finish: () => site.order({ act: 'roll-out', image: 'box-pi', step: 'finish' }),
    start: () => site.order({ act: 'roll-out', image: 'box-pi', step: 'start', stages: ['1', 'all'] }),
    rollOuts: () => registry.rollOuts,
    rollOut: (build: string) => registry.rollOuts.get(IMAGE_ID, build),
    /** Starts the server anew, with what it kept unless it `forgets` that. */
    async restart({ forgets = false } = {}) {
      await server.stop(0);
      await registry.close();
      if (forgets) await rm(options.statePath);
      registry = await BoardRegistry.open(options);
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      await registry.close();
      await checks.close();
      await bench[Symbol.asyncDispose]();
    },
  };
  await builds.keep(await imageIn(bench.catalog));
  await site.settle();
  return site;
}

type Site = Awaited<ReturnType<typeof site>>;

/** All boards run B, which turns out to be bad, and go away from it. */
async function goneAwayFromB(lab: Site): Promise<void> {
  await lab.publish(BUILD_B);
  await lab.settle();
  assert.equal(lab.rollOut(BUILD_B)?.state.kind ?? 'finished', 'finished');
  assert.deepEqual([...new Set(lab.running.values())], [BUILD_B]);
  await lab.serve('aaaa');
  await lab.settle();
  assert.deepEqual([...new Set(lab.running.values())], [BUILD_A]);
}

/** The first board of C's roll-out does not run it, and someone goes back; answers what is said then. */
async function failedAndGoneBack(lab: Site): Promise<string> {
  const [first, second] = BOARDS;
  assert.equal(await lab.boot(first, true), BUILD_C);
  await lab.boot(first, true);
  assert.equal(lab.rollOut(BUILD_C)?.state.kind, 'halted');
  assert.equal(await lab.boot(second), undefined);
  const [told = ''] = await lab.goBack();
  return told;
}

const TO_A = /^boards get build aaaaaaa of box\/box-pi until/;

describe('the way back of a roll-out', () => {
  it('is the earlier build that boards got in place of the build before', async () => {
    await using lab = await site();
    await goneAwayFromB(lab);
    await lab.publish(BUILD_C);
    await lab.serve('newest');
    assert.match(await failedAndGoneBack(lab), TO_A);
    await lab.settle();
    assert.deepEqual([...new Set(lab.running.values())], [BUILD_A]);
  });

  it('is that also where the server was started anew meanwhile', async () => {
    await using lab = await site();
    await goneAwayFromB(lab);
    await lab.publish(BUILD_C);
    await lab.serve('newest');
    await lab.restart();
    assert.match(await failedAndGoneBack(lab), TO_A);
  });

  it('is that also where no board asked meanwhile', async () => {
    await using lab = await site();
    await lab.publish(BUILD_B);
    await lab.settle();
    await lab.serve('aaaa');
    await lab.publish(BUILD_C);
    await lab.serve('newest');
    await lab.boot(BOARDS[0]);
    assert.equal(lab.rollOut(BUILD_C)?.former, BUILD_A);
  });

  it('is not an earlier build that no board got, where the newest was wanted again after all', async () => {
    await using lab = await site();
    await lab.publish(BUILD_B);
    await lab.settle();
    await lab.serve('aaaa');
    await lab.serve('newest');
    await lab.settle();
    await lab.publish(BUILD_C);
    await lab.boot(BOARDS[0]);
    assert.equal(lab.rollOut(BUILD_C)?.former, BUILD_B);
  });

  it('is not one for a roll-out under way either, whose own way back is there again', async () => {
    await using lab = await site();
    await lab.publish(BUILD_B);
    await lab.settle();
    await lab.publish(BUILD_C);
    await lab.boot(BOARDS[0]);
    await lab.serve('aaaa');
    assert.equal(lab.rollOut(BUILD_C)?.former, BUILD_A);
    await lab.serve('newest');
    await lab.restart();
    await lab.boot(BOARDS[1]);
    assert.equal(lab.rollOut(BUILD_C)?.former, BUILD_B);
  });

  it('is that also of the first build that a server sees beside it, which goes to one board first', async () => {
    await using lab = await site();
    await goneAwayFromB(lab);
    await lab.restart({ forgets: true });
    await lab.settle();
    await lab.publish(BUILD_C);
    await lab.serve('newest');
    assert.match(await failedAndGoneBack(lab), TO_A);
  });

  it('is the build before again once boards got that again', async () => {
    await using lab = await site();
    await goneAwayFromB(lab);
    await lab.serve('newest');
    await lab.settle();
    assert.deepEqual([...new Set(lab.running.values())], [BUILD_B]);
    await lab.publish(BUILD_C);
    await lab.boot(BOARDS[0]);
    assert.equal(lab.rollOut(BUILD_C)?.former, BUILD_B);
  });

  it('of one that is under way is an earlier build that boards get in its place', async () => {
    await using lab = await site();
    await lab.publish(BUILD_B);
    await lab.settle();
    await lab.publish(BUILD_C);
    await lab.boot(BOARDS[0]);
    assert.equal(lab.rollOut(BUILD_C)?.former, BUILD_B);
    await lab.serve('aaaa');
    await lab.serve('newest');
    assert.match((await lab.goBack()).join(), TO_A);
  });

  it('stays the same where a build comes meanwhile, which goes to one board first though the former one is seen on', async () => {
    await using lab = await site();
    await lab.publish(BUILD_B);
    await lab.boot(BOARDS[0], true);
    await lab.publish(BUILD_C);
    const given: (string | undefined)[] = [];
    for (const board of BOARDS) given.push(await lab.boot(board, true));
    await lab.publish(BUILD_D);
    for (const board of BOARDS) given.push(await lab.boot(board, true));
    const none = undefined;
    assert.deepEqual(given, [BUILD_C, none, none, BUILD_D, none, none]);
    assert.equal(lab.rollOut(BUILD_D)?.former, BUILD_A);
  });

  it('is what boards get while someone starts one: of the newest build, and not of that', async () => {
    await using lab = await site(undefined);
    await goneAwayFromB(lab);
    await lab.publish(BUILD_C);
    assert.deepEqual(await lab.start(), [
      'build ccccccc of box/box-pi goes out in stages; boards get build aaaaaaa of box/box-pi until the newest is served again',
    ]);
    assert.deepEqual([lab.rollOut(BUILD_A), lab.rollOut(BUILD_C)?.former], [undefined, BUILD_A]);
    await lab.settle();
    assert.deepEqual([...new Set(lab.running.values())], [BUILD_A]);
    await lab.serve('newest');
    assert.match(await failedAndGoneBack(lab), TO_A);
    assert.match(
      (await lab.finish()).join(),
      /^the roll-out of build ccccccc .* is finished; boards get build aaaaaaa /,
    );
  });

  it('is that also where someone starts one after the newest was served again, and starts it once more', async () => {
    await using lab = await site(undefined);
    await goneAwayFromB(lab);
    await lab.publish(BUILD_C);
    await lab.serve('newest');
    await lab.start();
    await lab.start();
    assert.match(await failedAndGoneBack(lab), TO_A);
  });

  it('of a build that someone starts while one is halted is that of the halted one', async () => {
    await using lab = await site(undefined);
    await lab.publish(BUILD_C);
    await lab.start();
    await lab.boot(BOARDS[0], true);
    await lab.boot(BOARDS[0], true);
    assert.equal(lab.rollOut(BUILD_C)?.state.kind, 'halted');
    await lab.publish(BUILD_D);
    await lab.start();
    assert.equal(lab.rollOut(BUILD_D)?.former, BUILD_A);
  });

  it('is left alone where another build came since the roll-out was shown', async () => {
    await using lab = await site();
    await lab.publish(BUILD_B);
    await lab.boot(BOARDS[0], true);
    const shown = lab.rollOut(BUILD_B);
    assert.ok(shown);
    const now = (newest: string) => since(shown, { rollOuts: lab.rollOuts(), newest });
    assert.deepEqual(now(BUILD_B), { kind: 'same' });
    assert.deepEqual(now(BUILD_C), { kind: 'replaced' }, 'though no board asked for it yet');
    const unstarted = (build: string) =>
      since({ image: IMAGE_ID, build }, { rollOuts: lab.rollOuts(), newest: BUILD_B }).kind;
    assert.deepEqual([BUILD_A, BUILD_B, BUILD_C].map(unstarted), ['replaced', 'changed', 'replaced']);
    assert.equal(
      since({ image: 'box/other', build: BUILD_B }, { rollOuts: { list: [] }, newest: BUILD_B }).kind,
      'same',
    );
    lab.acts().haltRollOut(IMAGE_ID, BUILD_B);
    assert.deepEqual(now(BUILD_B), { kind: 'changed', now: lab.rollOut(BUILD_B) });
    await lab.publish(BUILD_C);
    await lab.boot(BOARDS[0], true);
    assert.deepEqual(now(BUILD_B), { kind: 'replaced' });
    assert.equal(await goBack(shown, { acts: lab.acts(), builds: lab.builds, by: 'anna' }), 'replaced');
    assert.equal(lab.rollOut(BUILD_C)?.state.kind, 'running');
    assert.equal(lab.builds.choiceOf(IMAGE_ID), undefined);
    assert.equal(
      await goBack({ ...shown, former: BUILD_D }, { acts: lab.acts(), builds: lab.builds, by: 'anna' }),
      'not kept',
    );
  });

  it('is what boards get in the editor, too, which knows the newest build', async () => {
    await using lab = await site(undefined);
    await goneAwayFromB(lab);
    await lab.publish(BUILD_C);
    startRollOut(IMAGE_ID, BUILD_C, { stages: STAGES, acts: lab.acts(), builds: lab.builds });
    assert.equal(lab.rollOut(BUILD_C)?.former, BUILD_A);
  });
});
