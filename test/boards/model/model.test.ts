import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderAnything } from './orders.ts';
import { IMAGES } from './truth.ts';
import { Walk } from './walk.ts';

/** Stories that showed faults. Other seeds tell others, of which each must be right as well. */
const SEEDS = process.env.MKBOX_MODEL_SEEDS?.split(',').map(Number) ?? [3, 4, 8, 12, 28];
const STEPS = Number(process.env.MKBOX_MODEL_STEPS ?? 40);
const HOUR = 3_600_000;

async function anything(walk: Walk): Promise<void> {
  const { dice, truth } = walk;
  const [first, ...others] = truth.boards;
  const roll = dice.roll();
  if (roll < 0.47 && first !== undefined) return walk.boot(dice.pick([first, ...others]), dice.roll() < 0.15);
  if (roll < 0.52 && first !== undefined) return walk.spoil(dice.pick([first, ...others]));
  if (roll < 0.59) await walk.build();
  else if (roll < 0.64) walk.pass();
  else if (roll < 0.66) await walk.setClock();
  else if (roll < 0.9) return orderAnything(walk);
  else if (roll < 0.95) await walk.restart();
  else await walk.removeKept();
  return walk.check();
}

/** Nobody keeps anything back any more, and boards boot day by day: in the end all run the newest build. */
async function settle(walk: Walk): Promise<void> {
  const { site, truth, registry } = walk;
  walk.story.push('settle');
  for (const { id } of registry.boards) {
    await site.order({ act: 'release', boards: [`id:${id}`] });
    await site.order({ act: 'unpin', boards: [`id:${id}`] });
    truth.of(id).isHeld = false;
    delete truth.of(id).pin;
  }
  for (const { id: image } of IMAGES) await site.order({ act: 'serve-build', image, build: 'newest' });
  truth.choices.clear();
  site.look();
  for (let day = 0; day < 12; day++) {
    for (const board of truth.boards) await walk.boot(board);
    walk.pass(20 * HOUR);
    for (const { id: image } of IMAGES) {
      if (walk.rollOutOf(image)?.state.kind !== 'halted') continue;
      await site.order({ act: 'roll-out', image, step: 'continue' });
      await walk.check({ step: 'continue' }, image);
    }
  }
  for (const board of truth.boards) assert.equal(board.runs, truth.newest.get(truth.wantedBy(board)), board.address);
  for (const { id } of IMAGES) {
    const isAskedFor = truth.boards.some((board) => truth.wantedBy(board) === id);
    const rollOut = walk.rollOutOf(id);
    if (isAskedFor) assert.equal(rollOut?.state.kind ?? 'finished', 'finished', JSON.stringify(rollOut));
  }
}

describe('a lab to which anything happens', () => {
  for (const seed of SEEDS) {
    it(`gets what was promised, at each step (seed ${seed})`, { timeout: 120_000 }, async (context) => {
      const walk = await Walk.begin(seed);
      await using _site = walk.site;
      try {
        for (let step = 0; step < STEPS; step++) await anything(walk);
        await settle(walk);
      } catch (error) {
        context.diagnostic(`what happened:\n${walk.story.join('\n')}`);
        throw error;
      }
    });
  }
});
