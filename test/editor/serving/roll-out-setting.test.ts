import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { USUAL_STAGES } from '../../../src/boards/stages.ts';
import { RollOutSetting, waitOf } from '../../../src/editor/serving/roll-out-setting.ts';

/** Settings that a test changes as a user does. */
function settings() {
  const rollOutStages = changing<unknown>([]);
  return { rollOutStages, rollOutWait: changing(0) };
}

function changing<T>(first: T) {
  const listeners = new Set<() => void>();
  let value = first;
  return {
    listeners,
    get: () => value,
    set(next: T) {
      value = next;
      for (const listener of listeners) listener();
    },
    onDidChange(listener: () => void) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
}

describe('the stages in which new builds go out', () => {
  it('are none at first, and those of the settings from the moment they are set', () => {
    const { rollOutStages, rollOutWait } = settings();
    const rollOut = new RollOutSetting({ rollOutStages, rollOutWait }, assert.fail);
    assert.equal(rollOut.get(), undefined);
    const seen: unknown[] = [];
    rollOut.events.on('changed', () => seen.push(rollOut.get()));
    rollOutStages.set(['1', '10%']);
    const stages = [{ kind: 'boards', count: 1 }, { kind: 'percent', percent: 10 }, { kind: 'all' }];
    assert.deepEqual(rollOut.get(), { stages });
    rollOutWait.set(1.5);
    assert.deepEqual(rollOut.get(), { stages, waitMs: 90_000 });
    rollOutStages.set([]);
    assert.equal(rollOut.get(), undefined);
    assert.deepEqual(
      seen,
      [{ stages }, { stages, waitMs: 90_000 }, undefined],
      'whoever is told of a plan can ask for it',
    );
    assert.deepEqual(waitOf(rollOutWait.get()), { waitMs: 90_000 }, 'of one that someone begins');
    rollOut.dispose();
    assert.equal(rollOutStages.listeners.size + rollOutWait.listeners.size, 0);
  });

  it('stay as they were when what is written there is no stage', () => {
    const { rollOutStages, rollOutWait } = settings();
    const told: string[] = [];
    const rollOut = new RollOutSetting({ rollOutStages, rollOutWait }, (text) => told.push(text));
    rollOutStages.set(['1']);
    const before = rollOut.get();
    rollOutStages.set(['1', 'a few']);
    assert.equal(rollOut.get(), before);
    assert.deepEqual(told, ['mkbox.rollOut.stages: stages are such as 1,10%,all; "a few" is none']);
  });

  it('may be written with numbers of boards as numbers', () => {
    const { rollOutStages, rollOutWait } = settings();
    rollOutStages.set([1, '10%', 'all']);
    const rollOut = new RollOutSetting({ rollOutStages, rollOutWait }, assert.fail);
    assert.deepEqual(rollOut.get(), { stages: USUAL_STAGES });
  });

  it('stay as they were when what is written there is no list', () => {
    const { rollOutStages, rollOutWait } = settings();
    const told: string[] = [];
    const rollOut = new RollOutSetting({ rollOutStages, rollOutWait }, (text) => told.push(text));
    rollOutStages.set(['5']);
    const before = rollOut.get();
    for (const other of ['1,all', null, true, { first: 1 }, [['1']]]) {
      rollOutStages.set(other);
      assert.equal(rollOut.get(), before, JSON.stringify(other));
    }
    assert.equal(told.length, 5);
    assert.match(told[0] ?? '', /^mkbox\.rollOut\.stages: .*\["1", "10%", "all"\]/);
  });

  it('are the usual ones where nobody can tell them from the start', () => {
    const { rollOutStages, rollOutWait } = settings();
    rollOutStages.set(['1', 'alle']);
    rollOutWait.set(5);
    const told: string[] = [];
    const rollOut = new RollOutSetting({ rollOutStages, rollOutWait }, (text) => told.push(text));
    assert.deepEqual(rollOut.get(), { stages: USUAL_STAGES, waitMs: 300_000 });
    assert.match(
      told.join('\n'),
      /"alle" is none; until you correct it, new builds go out to 1 board, 10 % and then all$/,
    );
    rollOutStages.set([]);
    assert.equal(rollOut.get(), undefined);
  });

  it('are told of once, and what is set of the wait counts for those in force meanwhile', () => {
    const { rollOutStages, rollOutWait } = settings();
    const told: string[] = [];
    const rollOut = new RollOutSetting({ rollOutStages, rollOutWait }, (text) => told.push(text));
    rollOutStages.set(['5']);
    rollOutStages.set(['a few']);
    rollOutWait.set(5);
    assert.deepEqual(rollOut.get(), { stages: [{ kind: 'boards', count: 5 }, { kind: 'all' }], waitMs: 300_000 });
    rollOutWait.set(0);
    assert.deepEqual(rollOut.get(), { stages: [{ kind: 'boards', count: 5 }, { kind: 'all' }] });
    assert.equal(told.length, 1);
    rollOutStages.set(['many']);
    assert.equal(told.length, 2);
    rollOutStages.set([]);
    rollOutStages.set(['many']);
    assert.equal(told.length, 3);
    assert.equal(rollOut.get(), undefined);
  });
});
