import assert from 'node:assert/strict';
import type { Board } from '../../../src/boards/board.ts';
import type { RollOut } from '../../../src/boards/roll-out.ts';
import { readStages } from '../../../src/boards/stages.ts';
import { Dice } from '../simulated-board.ts';
import { type Happened, wrongStep } from './roll-out-rules.ts';
import { wrongSent } from './sent-rules.ts';
import { Site } from './site.ts';
import { buildOf, IMAGES, MAIN, type RealBoard, short, Truth } from './truth.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const PAUSES = [0, SECOND, 20 * SECOND, 120 * SECOND, HOUR, HOUR, 30 * HOUR, 200 * HOUR] as const;
const PLANS: readonly [string, ...string[]] = ['1,all', '1,50%,all', '2,3,all', 'all'];

/** A lab, and what happens to it by chance: people order, boards boot, builds come, time goes by, the server starts anew. */
export class Walk {
  readonly dice: Dice;
  readonly site: Site;
  readonly truth = new Truth();
  /** What happened so far, in lines. */
  readonly story: string[] = [];
  #seen: readonly RollOut[] = [];

  constructor(dice: Dice, site: Site) {
    this.dice = dice;
    this.site = site;
  }

  /** One that begins with a build of each image, and a few boards that run it. */
  static async begin(seed: number): Promise<Walk> {
    const dice = new Dice(seed);
    const stages = readStages(dice.pick(PLANS).split(','));
    const waits = dice.roll() < 0.3 ? { waitMs: HOUR } : {};
    const walk = new Walk(dice, await Site.make(dice.roll() < 0.8 ? { stages, ...waits } : undefined));
    for (const { id } of IMAGES) await walk.publish(id, buildOf(id, 0), false);
    await walk.site.start();
    walk.#seen = walk.registry.rollOuts.list;
    for (let index = 1; index <= 6; index++) {
      const { box, type, id } = index < 5 ? IMAGES[0] : dice.pick(IMAGES);
      walk.truth.boards.push({ address: `10.0.0.${index}`, box, type, runs: buildOf(id, 0) });
    }
    return walk;
  }

  get registry() {
    return this.site.is.registry;
  }

  recordOf({ address, box, type: board }: RealBoard): Board | undefined {
    return this.registry.boardOf(address, { kind: 'update', box, board });
  }

  /** The roll-out of an image that is in force. */
  rollOutOf(id: string): RollOut | undefined {
    const found = this.registry.rollOuts.list.find(({ image }) => image === id);
    return this.site.plan !== undefined || found?.isByHand ? found : undefined;
  }

  async publish(id: string, build: string, isKept: boolean): Promise<void> {
    await this.site.publish(id, build, isKept);
    this.truth.newest.set(id, build);
  }

  /** A new build comes, or one that was there before. */
  async build(): Promise<void> {
    const id = this.dice.roll() < 0.7 ? MAIN : this.dice.pick(IMAGES).id;
    const count = this.truth.counts.get(id) ?? 0;
    const isOld = this.dice.roll() < 0.3;
    const number = isOld ? Math.floor(this.dice.roll() * (count + 1)) : count + 1;
    this.truth.counts.set(id, Math.max(count, number));
    const isKept = this.dice.roll() < 0.8;
    this.story.push(`build ${short(buildOf(id, number))} of ${id}${isKept ? ', kept' : ''}`);
    await this.publish(id, buildOf(id, number), isKept);
  }

  pass(ms: number = this.dice.pick(PAUSES)): void {
    this.story.push(`${ms / SECOND} s pass`);
    this.site.pass(ms);
  }

  async restart(): Promise<void> {
    this.story.push('restart');
    const { images, boards, rollOuts } = await this.site.status();
    await this.site.restart();
    const after = await this.site.status();
    assert.deepEqual([after.images, after.boards, after.rollOuts], [images, boards, rollOuts]);
  }

  async removeKept(): Promise<void> {
    const { list } = this.site.is.builds;
    const [build] = list.slice(Math.floor(this.dice.roll() * list.length));
    if (build === undefined) return;
    this.story.push(`someone removes ${short(build.buildId)} of ${build.id}`);
    await this.site.remove(build.id, build.buildId);
  }

  /** A board boots, and runs what it is sent unless that `fails`. */
  async boot(real: RealBoard, fails = false): Promise<void> {
    const { site, truth } = this;
    const wanted = truth.wantedBy(real);
    const { builds } = site.is;
    const report = (await site.status()).boards.find(({ id }) => id === this.recordOf(real)?.id);
    const before = this.rollOutOf(wanted);
    const sent = await site.ask(real.address, `name=${real.box}&board=${real.type}&build_id=${real.runs}`);
    const board = this.recordOf(real);
    assert.ok(board, 'a board that asked is not known');
    const got = sent.build === undefined ? sent.status : `${short(sent.build)} of ${sent.image}`;
    this.story.push(
      `${real.address} asks for ${wanted}, runs ${short(real.runs)}, got ${got}${fails ? ', fails' : ''}`,
    );
    const ordered = truth.of(board.id);
    const isThere = (imageId: string, buildId: string) =>
      truth.newest.get(imageId) === buildId || builds.find({ imageId, buildId }) !== undefined;
    const after = this.rollOutOf(wanted);
    const { nowMs } = site;
    const request = { real, sent, ordered, report, board, before, after, isThere, nowMs };
    assert.equal(wrongSent(request, truth), undefined);
    const isUpToDate = board.state.kind === 'up to date' || board.state.kind === 'confirmed';
    if (!ordered.isHeld && (sent.build !== undefined || isUpToDate)) delete ordered.once;
    real.before = real.last;
    if (sent.build !== undefined && sent.image !== undefined) {
      real.last = { build: sent.build, fails };
      if (!fails) [real.runs, real.box = ''] = [sent.build, sent.image.split('/')[0]];
    }
    await this.check({ board: board.id });
  }

  /** What must be true after whatever happened. */
  async check(happened: Happened = {}, image?: string): Promise<void> {
    const { site, truth, registry } = this;
    site.look();
    const { boards, rollOuts } = registry;
    for (const [id, { isHeld, pin, once, isCanary }] of truth.ordered) {
      const board = registry.get(id);
      const known = board && {
        isHeld: board.isHeld,
        pin: board.pin && [board.pin.image, board.pin.build],
        isServedOnce: board.once !== undefined && !board.once.isDone,
        isCanary: board.tags !== undefined,
      };
      const wanted = { isHeld, pin: pin && [pin.image, pin.build], isServedOnce: once !== undefined, isCanary };
      assert.deepEqual(known, wanted, 'what was ordered is in force');
    }
    for (const { id } of IMAGES) {
      const [was, now] = [this.#seen, rollOuts.list].map((list) => list.find((rollOut) => rollOut.image === id));
      const own = image === undefined || image === id ? happened : {};
      const wrong = wrongStep(was, now, own, { truth, boards, isPlanned: site.plan !== undefined });
      assert.equal(wrong, undefined, `${JSON.stringify(was)} became ${JSON.stringify(now)}`);
    }
    this.#seen = rollOuts.list;
    const status = await site.status();
    for (const { confirmed, of, stage, stages } of status.rollOuts) assert.ok(confirmed <= of && stage <= stages);
    for (const { id, inPlaceOf } of status.images) assert.equal(inPlaceOf !== undefined, truth.choices.has(id));
    const restarted = await site.asRestarted();
    const kept = [restarted.boards, restarted.rollOuts.list, restarted.rollOuts.standIns];
    await restarted.close();
    assert.deepEqual(kept, [boards, rollOuts.list, rollOuts.standIns], 'a restart changes nothing');
    assert.deepEqual(site.messages, []);
  }
}
