import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type BuildUse, buildsToRemove, hasRoomFor } from '../../src/builds/pruning.ts';

/** The kept builds of a case, oldest first: an image's letter, a number, what it is needed for, and its bytes. */
type Case = readonly (readonly [build: string, use: BuildUse, bytes?: number])[];

function kept(builds: Case) {
  return builds.map(([buildId, use, bytes = 1], keptAtMs) => ({
    id: buildId.slice(0, 1),
    buildId,
    bytes,
    keptAtMs,
    use,
  }));
}

const rows: readonly [
  what: string,
  builds: Case,
  bounds: { builds: number; bytes: number },
  removed: readonly string[],
][] = [
  [
    'nothing within the bounds',
    [
      ['a1', 'free'],
      ['a2', 'newest'],
    ],
    { builds: 1, bytes: 2 },
    [],
  ],
  [
    'the oldest beyond the number',
    [
      ['a1', 'free'],
      ['a2', 'free'],
      ['a3', 'newest'],
    ],
    { builds: 1, bytes: 9 },
    ['a1'],
  ],
  [
    'those of each image by themselves',
    [
      ['a1', 'free'],
      ['b1', 'free'],
      ['b2', 'free'],
    ],
    { builds: 1, bytes: 9 },
    ['b1'],
  ],
  [
    'all but what is needed where none is to be kept',
    [
      ['a1', 'free'],
      ['a2', 'running'],
      ['a3', 'newest'],
      ['b1', 'needed'],
    ],
    { builds: 0, bytes: 9 },
    ['a1', 'a2', 'a3'],
  ],
  [
    'none beyond the number that a board runs',
    [
      ['a1', 'running'],
      ['a2', 'free'],
      ['a3', 'newest'],
    ],
    { builds: 1, bytes: 9 },
    [],
  ],
  [
    'one that a board runs for want of room',
    [
      ['a1', 'running'],
      ['a2', 'running'],
      ['a3', 'newest'],
    ],
    { builds: 1, bytes: 2 },
    ['a1'],
  ],
  [
    'free ones first',
    [
      ['a1', 'running'],
      ['a2', 'free'],
      ['a3', 'newest'],
    ],
    { builds: 2, bytes: 2 },
    ['a2'],
  ],
  [
    'none that is needed',
    [
      ['a1', 'needed'],
      ['a2', 'needed'],
      ['a3', 'newest'],
    ],
    { builds: 1, bytes: 1 },
    ['a3'],
  ],
  [
    'copies of newest ones last',
    [
      ['a1', 'newest', 3],
      ['b1', 'newest', 3],
      ['b2', 'needed', 3],
    ],
    { builds: 1, bytes: 6 },
    ['a1'],
  ],
  [
    'none that is small enough once others went',
    [
      ['a1', 'free', 5],
      ['a2', 'free', 1],
    ],
    { builds: 9, bytes: 3 },
    ['a1'],
  ],
];

suite('of kept builds', () => {
  for (const [what, builds, bounds, removed] of rows) {
    test(`${what} is removed`, () => {
      const gone = buildsToRemove(kept(builds), bounds, ({ use }) => use);
      deepEqual(
        gone.map(({ buildId }) => buildId),
        removed,
      );
    });
  }

  test('those that may go make room for a new one, and others do not', () => {
    const builds = kept([
      ['a1', 'free', 5],
      ['a2', 'running', 5],
      ['b1', 'newest', 3],
      ['b2', 'needed', 2],
    ]);
    const bounds = { builds: 1, bytes: 10 };
    equal(
      hasRoomFor(5, builds, bounds, ({ use }) => use),
      true,
    );
    equal(
      hasRoomFor(6, builds, bounds, ({ use }) => use),
      false,
    );
  });
});
