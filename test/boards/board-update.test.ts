import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board, BoardState, GivenBuild } from '../../src/boards/board.ts';
import {
  advance,
  type BoardUpdate,
  beginUpdate,
  isUnderWay,
  restarted,
  type Sighting,
} from '../../src/boards/board-update.ts';
import { BUILD, OLD, startBench } from './bench.ts';

const NOW = 1_000_000;
const IMAGE = 'box/box-pi';

/** A board in `state`, last heard of at that time. */
function board(state: BoardState, { lastSeenMs = state.sinceMs, ...more }: Partial<Board> = {}): Board {
  return {
    id: '1',
    address: '10.0.0.7',
    wish: { box: 'box', board: 'pi' },
    state,
    firstSeenMs: 1,
    lastSeenMs,
    isHeld: false,
    history: [],
    reportedBuild: OLD,
    ...more,
  };
}

const given = (givenAtMs: number, confirmedAtMs?: number): GivenBuild[] => [
  { build: BUILD, image: IMAGE, givenAtMs, times: 1, ...(confirmedAtMs === undefined ? {} : { confirmedAtMs }) },
];
const IDLE = board({ kind: 'up to date', sinceMs: NOW - 500, build: OLD });
const seen = (state: BoardState, more?: Partial<Board>): Sighting => ({ kind: 'board', board: board(state, more) });

/** Where an update is after `sightings`: its step and, where it ended, how. */
function after(...sightings: Sighting[]): string {
  return told(sightings.reduce(advance, restarted(beginUpdate(IDLE, BUILD, NOW), NOW, 300)));
}

function told({ step, end }: BoardUpdate): string {
  if (end === undefined) return step.kind;
  return end.kind === 'stopped'
    ? `${end.why.kind} when ${end.step}`
    : `${end.kind} ${end.build === BUILD ? 'new' : 'old'}`;
}

const ASKS = seen({ kind: 'checking', sinceMs: NOW + 10 });
const QUEUES = seen({ kind: 'waiting', sinceMs: NOW + 20, build: BUILD, transferId: 1 });
const DOWNLOADS = seen({ kind: 'downloading', sinceMs: NOW + 20, build: BUILD, transferId: 1 });
const FLASHES = seen(
  { kind: 'flashing', sinceMs: NOW + 30, build: BUILD, expectedMs: 40_000 },
  { history: given(NOW + 30) },
);
const IS_OVERDUE = seen(
  { kind: 'overdue', sinceMs: NOW + 90, build: BUILD, expectedMs: 50 },
  { lastSeenMs: NOW + 30, history: given(NOW + 30) },
);
const CONFIRMS = seen(
  { kind: 'confirmed', sinceMs: NOW + 100, build: BUILD },
  { reportedBuild: BUILD, history: given(NOW + 30, NOW + 100) },
);
const time = (nowMs: number): Sighting => ({ kind: 'time', nowMs });

describe('the update of a board', () => {
  const cases: readonly [what: string, sightings: readonly Sighting[], then: string][] = [
    ['waits at first', [], 'awaited'],
    ['waits while nothing is heard', [{ kind: 'board', board: IDLE }, time(NOW + 299)], 'awaited'],
    ['goes on when the board asks', [ASKS], 'checking'],
    ['goes on when it has to wait', [ASKS, QUEUES], 'queued'],
    ['goes on when it downloads', [ASKS, DOWNLOADS], 'downloading'],
    ['goes on when it has the image', [ASKS, DOWNLOADS, FLASHES], 'flashing'],
    [
      'does not end when the board is overdue',
      [ASKS, DOWNLOADS, FLASHES, IS_OVERDUE, time(NOW + 9_000_000)],
      'overdue',
    ],
    ['is confirmed', [ASKS, DOWNLOADS, FLASHES, CONFIRMS], 'confirmed new'],
    ['is confirmed after it was overdue', [ASKS, DOWNLOADS, FLASHES, IS_OVERDUE, CONFIRMS], 'confirmed new'],
    ['is confirmed, whatever was not seen in between', [CONFIRMS], 'confirmed new'],
    [
      'is confirmed, though the board asked once more since',
      [seen({ kind: 'up to date', sinceMs: NOW + 200, build: BUILD }, { history: given(NOW + 30, NOW + 100) })],
      'confirmed new',
    ],
    [
      'is confirmed when it had got the build before',
      [
        seen(
          { kind: 'confirmed', sinceMs: NOW + 10, build: BUILD },
          { reportedBuild: BUILD, history: given(NOW - 100, NOW + 10) },
        ),
      ],
      'confirmed new',
    ],
    [
      'goes on when the board confirms an earlier one',
      [seen({ kind: 'confirmed', sinceMs: NOW + 10, build: OLD })],
      'checking',
    ],
    ['has nothing to do', [ASKS, seen({ kind: 'up to date', sinceMs: NOW + 20, build: BUILD })], 'up to date new'],
    ['is never confirmed twice', [CONFIRMS, { kind: 'not served' }, ASKS], 'confirmed new'],
    ['gives up a board that does not ask', [time(NOW + 300)], 'did not ask when awaited'],
    ['gives up no board that asked', [ASKS, time(NOW + 300)], 'checking'],
    [
      'stops when the board is refused',
      [ASKS, seen({ kind: 'refused', sinceMs: NOW + 20, status: 409, refusal: { kind: 'told', text: 'damaged' } })],
      'refused when checking',
    ],
    [
      'stops when the download breaks off',
      [
        DOWNLOADS,
        seen({ kind: 'broken off', sinceMs: NOW + 25, atByte: 1, ofBytes: 2, reason: 'client closed' }),
        ASKS,
      ],
      'broken off when downloading',
    ],
    ['stops when the board is held', [seen({ kind: 'held', sinceMs: NOW + 20 })], 'held when awaited'],
    ['stops when nothing is served any more', [ASKS, { kind: 'not served' }], 'not served when checking'],
    ['stops when the board is forgotten', [{ kind: 'board', board: undefined }], 'forgotten when awaited'],
    [
      'stops when the board comes back with its old build',
      [FLASHES, seen({ kind: 'checking', sinceMs: NOW + 100 }, { history: given(NOW + 30) })],
      'other build when flashing',
    ],
    [
      'stops when it does so, and is on hold by then',
      [FLASHES, seen({ kind: 'held', sinceMs: NOW + 100 }, { history: given(NOW + 30) })],
      'other build when flashing',
    ],
    [
      'stops when the board is silent for a day',
      [FLASHES, IS_OVERDUE, seen({ kind: 'silent', sinceMs: NOW + 30 }, { history: given(NOW + 30) })],
      'silent when overdue',
    ],
    [
      'follows a board that flashes itself at every boot',
      [seen({ kind: 'reflashing', sinceMs: 5, build: BUILD, times: 2, reported: OLD }, { lastSeenMs: NOW + 10 })],
      'downloading',
    ],
    [
      'sees it flash once more',
      [
        seen(
          { kind: 'reflashing', sinceMs: 5, build: BUILD, times: 3, reported: OLD },
          { lastSeenMs: NOW + 30, history: given(NOW + 30) },
        ),
      ],
      'flashing',
    ],
    [
      'stops when it is back, as ever',
      [
        seen(
          { kind: 'reflashing', sinceMs: 5, build: BUILD, times: 3, reported: OLD },
          { lastSeenMs: NOW + 90, history: given(NOW + 30) },
        ),
      ],
      'other build when awaited',
    ],
  ];
  for (const [what, sightings, then] of cases) it(what, () => assert.equal(after(...sightings), then));

  it('says when a board that flashes is due, by what others took', () => {
    const { step } = [ASKS, FLASHES].reduce(advance, beginUpdate(IDLE, BUILD, NOW));
    assert.deepEqual(step, { kind: 'flashing', dueMs: NOW + 30 + 40_000 });
  });

  it('says when the board was last heard of', () => {
    const { end } = [ASKS, time(NOW + 50), { kind: 'not served' } as const].reduce(
      advance,
      beginUpdate(IDLE, BUILD, NOW),
    );
    assert.deepEqual(end, { kind: 'stopped', step: 'checking', heardMs: NOW + 10, why: { kind: 'not served' } });
  });

  it('joins one that is under way', () => {
    for (const [state, step] of [
      [{ kind: 'downloading', sinceMs: NOW - 50, build: BUILD, transferId: 1 }, 'downloading'],
      [{ kind: 'flashing', sinceMs: NOW - 50, build: BUILD }, 'flashing'],
    ] as const) {
      assert.equal(isUnderWay(board(state)), true);
      assert.equal(told(beginUpdate(board(state), BUILD, NOW)), step);
    }
  });

  it('waits for a board that was silent, refused or flashing in vain before', () => {
    const before: readonly BoardState[] = [
      { kind: 'silent', sinceMs: 10 },
      { kind: 'refused', sinceMs: 10, status: 404, refusal: { kind: 'told', text: 'no such image' } },
      { kind: 'overdue', sinceMs: 10, build: BUILD, expectedMs: 5 },
      { kind: 'reflashing', sinceMs: 10, build: BUILD, times: 2, reported: OLD },
    ];
    assert.deepEqual(
      before.map((state) => told(beginUpdate(board(state, { history: given(5) }), BUILD, NOW))),
      before.map(() => 'awaited'),
    );
  });

  it('is what a real board and a real server make of it', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    bench.pass(3_600_000);
    await bench.boot(OLD, { query: 'name=box&board=pi&branch=none' });
    const begun = beginUpdate(bench.board(), BUILD, Date.now() + 3_600_000 + 1);
    assert.equal(told(begun), 'awaited');
    bench.pass(10);
    await bench.boot(OLD);
    const flashing = advance(begun, { kind: 'board', board: bench.board() });
    assert.equal(told(flashing), 'flashing');
    bench.pass(10);
    const back = async (build: string) => {
      await bench.boot(build);
      return told(advance(flashing, { kind: 'board', board: bench.board() }));
    };
    assert.equal(await back(BUILD), 'confirmed new');
  });
});
