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
const CLOCKS = [-3 * 365 * 24 * HOUR, -30 * 24 * HOUR, -HOUR, HOUR, 50 * HOUR, 3 * 365 * 24 * HOUR] as const;
/** What comes between a board and its image: a fault on purpose, or what it asks for besides. */
const SPOILS = ['cut', 'status', 'if-none-match', 'range'] as const;
const PLANS: readonly [string, ...string[]] = ['1,all', '1,50%,all', '2,3,all', 'all'];

/** A lab, and what happens to it by chance: people order, boards boot, builds come, time goes by, the server starts anew. */
export class Walk {
  readonly dice: Dice;
  readonly site: Site;
  readonly truth = new Truth();
  /** What happened so far, in lines. */
  readonly story: string[] = [];
  #seen: readonly RollOut[] = [];
  /** The boards that were heard of since the server started. */
  readonly #heard = new Set<string>();

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
      walk.truth.boards.push({ address: `127.0.1.${index}`, box, type, runs: buildOf(id, 0) });
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

  /** The clock is set, by which nothing happens to what was recorded since the start. */
  async setClock(): Promise<void> {
    const byMs = this.dice.pick(CLOCKS);
    this.story.push(`the clock is set by ${byMs / HOUR} h`);
    const { registry, site } = this;
    const look = () => registry.boards.filter(({ id }) => this.#heard.has(id)).map(({ id, state }) => [id, state.kind]);
    const before = [look(), registry.rollOuts.list.map(plainOf)];
    site.setClock(byMs);
    assert.deepEqual([look(), registry.rollOuts.list.map(plainOf)], before);
    this.#seen = registry.rollOuts.list;
  }

  /** A board asks, and gets nothing whole. */
  async spoil(real: RealBoard): Promise<void> {
    const { site, dice } = this;
    const { faults } = site.is.server;
    const how = dice.pick(SPOILS);
    const client = real.address;
    if (how === 'cut') faults.arm({ fault: { kind: 'cut', percent: 50 }, client });
    if (how === 'status') faults.arm({ fault: { kind: 'status', status: 503 }, client });
    const conditions = { 'if-none-match': { 'if-none-match': '*' }, range: { range: 'bytes=999999999-' } };
    const sent = await site.ask(client, queryOf(real), how in conditions ? conditions[how as 'range'] : {});
    faults.disarm();
    this.story.push(
      `${client} asks for ${this.truth.wantedBy(real)}, runs ${short(real.runs)}: ${how}, ${sent.status}`,
    );
    assert.equal(sent.build, undefined);
    const board = this.recordOf(real);
    assert.ok(board, 'a board that asked is not known');
    this.#heard.add(board.id);
    const isUpToDate = board.state.kind === 'up to date' || board.state.kind === 'confirmed';
    if (!board.isHeld && sent.status === 200 && isUpToDate && board.once?.isDone) delete this.truth.of(board.id).once;
    real.before = real.last;
    await this.check({ board: board.id });
  }

  /** Someone looks what a board would get, by which nothing changes. */
  async look(real: RealBoard): Promise<boolean> {
    const { registry, site } = this;
    const known = () => [registry.boards, registry.rollOuts.list, registry.rollOuts.standIns];
    const before = known();
    const isImage = await site.head(real.address, queryOf(real));
    assert.deepEqual(known(), before, 'a look changes nothing');
    return isImage;
  }

  async restart(): Promise<void> {
    this.story.push('restart');
    const { images, boards, rollOuts } = await this.site.status();
    await this.site.restart();
    this.#heard.clear();
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
    const isImage = this.dice.roll() < 0.3 ? await this.look(real) : undefined;
    const sent = await site.ask(real.address, queryOf(real));
    if (isImage !== undefined) assert.equal(sent.build !== undefined, isImage, 'HEAD told something else');
    const board = this.recordOf(real);
    assert.ok(board, 'a board that asked is not known');
    this.#heard.add(board.id);
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

function queryOf({ box, type, runs }: RealBoard): string {
  return `name=${box}&board=${type}&build_id=${runs}`;
}

/** A roll-out without its times. */
function plainOf({ image, build, former, stage, members, state }: RollOut) {
  return [image, build, former, stage, state.kind, members.map(({ board, isExcused }) => [board, isExcused])];
}
