import assert from 'node:assert/strict';
import type { Board } from '../../../src/boards/board.ts';
import type { Order } from '../../../src/control/order.ts';
import { IMAGES, MAIN, OTHER, short } from './truth.ts';
import type { Walk } from './walk.ts';

const BOARD_ACTS = ['hold', 'release', 'pin', 'pin', 'unpin', 'serve-once', 'tag', 'forget'] as const;
const IMAGE_ACTS = ['serve', 'newest', 'start', 'halt', 'continue', 'continue', 'finish', 'back'] as const;
const STATES = { start: 'running', halt: 'halted', continue: 'running', finish: 'finished', back: 'halted' } as const;

/** Someone orders something. */
export async function orderAnything(walk: Walk): Promise<void> {
  const { dice, registry } = walk;
  const [first, ...others] = registry.boards;
  if (first !== undefined && dice.roll() < 0.6) return orderOfBoard(walk, dice.pick([first, ...others]));
  return orderOfImage(walk, dice.roll() < 0.8 ? MAIN : dice.pick(IMAGES).id);
}

async function orderOfBoard(walk: Walk, { id, wish }: Board): Promise<void> {
  const { dice, truth, site } = walk;
  const ordered = truth.of(id);
  const boards = [`id:${id}`];
  const act = dice.pick(BOARD_ACTS);
  switch (act) {
    case 'hold':
    case 'release':
      await does(walk, { act, boards });
      ordered.isHeld = act === 'hold';
      if (act === 'hold') delete ordered.once;
      break;
    case 'unpin':
      await does(walk, { act, boards });
      delete ordered.pin;
      break;
    case 'tag':
      ordered.isCanary = !ordered.isCanary;
      await does(walk, {
        act,
        boards,
        add: ordered.isCanary ? ['canary'] : [],
        remove: ordered.isCanary ? [] : ['canary'],
      });
      break;
    case 'forget':
      await does(walk, { act, boards });
      truth.ordered.delete(id);
      break;
    case 'pin':
    case 'serve-once': {
      const image = dice.pick([MAIN, OTHER]);
      const isMissing = truth.served(image) !== truth.newest.get(image) && !isKept(walk, image, truth.served(image));
      if (wish.board !== 'pi' || isMissing) return;
      if (act === 'pin') {
        const kept = site.is.builds.of(image).map(({ buildId }) => buildId);
        const build = dice.pick([undefined, truth.newest.get(image), ...kept]);
        await does(walk, { act, boards, to: build ?? image });
        ordered.pin = { image, build };
      } else {
        const order: Order = { act, boards, ...(dice.roll() < 0.5 && { image }) };
        if (ordered.isHeld) assert.ok('error' in (await told(walk, order)), 'a board on hold is served once');
        else {
          await does(walk, order);
          ordered.once = { image: order.image };
        }
      }
    }
  }
  await walk.check();
}

async function orderOfImage(walk: Walk, image: string): Promise<void> {
  const { dice, truth, site } = walk;
  const step = dice.pick(IMAGE_ACTS);
  if (step === 'newest') {
    await does(walk, { act: 'serve-build', image, build: 'newest' });
    truth.choices.delete(image);
    return walk.check();
  }
  if (step === 'serve') {
    const [first, ...others] = site.is.builds.of(image);
    if (first === undefined) return;
    const { buildId: build } = dice.pick([first, ...others]);
    await does(walk, { act: 'serve-build', image, build });
    truth.choices.set(image, build);
    return walk.check();
  }
  const before = walk.rollOutOf(image);
  const newest = truth.newest.get(image);
  const build = before !== undefined && dice.roll() < 0.5 ? { build: before.build } : {};
  const base = { act: 'roll-out' as const, image, ...build };
  const count = site.is.audit.entries.length;
  const answer = await told(walk, step === 'start' ? { ...base, step, stages: ['1', 'all'] } : { ...base, step });
  const now = walk.rollOutOf(image);
  if ('error' in answer) {
    assert.deepEqual(now, before, 'an order that was refused changes nothing');
    assert.equal(site.is.audit.entries.length, count);
    const isUnderWay = before?.build === newest && before?.state.kind !== 'finished';
    const hasWay = before?.former !== undefined && isKept(walk, image, before.former);
    const isRight =
      (build.build ?? newest) === newest && (step === 'start' || (isUnderWay && (step !== 'back' || hasWay)));
    assert.ok(!isRight, `${step} was refused: ${answer.error}`);
  } else {
    assert.deepEqual([now?.build, now?.state.kind], [newest, STATES[step]]);
    assert.equal(build.build ?? newest, newest, 'an order about a build that was replaced does nothing');
    assert.ok(site.is.audit.entries.length > count, 'what was done is in the log');
    if (step === 'back' && before?.former !== undefined) truth.choices.set(image, before.former);
  }
  await walk.check({ step }, image);
}

function isKept({ site }: Walk, imageId: string, buildId: string): boolean {
  return site.is.builds.find({ imageId, buildId }) !== undefined;
}

/** Orders what can be done, and is recorded. */
async function does(walk: Walk, order: Order): Promise<void> {
  const { audit } = walk.site.is;
  const count = audit.entries.length;
  assert.ok('done' in (await told(walk, order)));
  assert.ok(audit.entries.length > count, 'what was done is in the log');
}

async function told(walk: Walk, order: Order) {
  const answer = await walk.site.order(order);
  const subject = 'boards' in order ? order.boards.join() : 'image' in order ? order.image : '';
  const detail = [order.act, 'step' in order ? order.step : '', subject, 'to' in order ? short(order.to) : ''].join(
    ' ',
  );
  walk.story.push(`order ${detail}: ${'error' in answer ? answer.error : answer.done.join('; ')}`);
  return answer;
}
