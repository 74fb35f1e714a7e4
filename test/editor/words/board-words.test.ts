import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BoardState } from '../../../src/boards/board.ts';
import { sharedNames } from '../../../src/editor/words/board-name.ts';
import {
  boardDescription,
  boardStateText,
  confirmedText,
  transfersText,
} from '../../../src/editor/words/board-words.ts';
import { type BoardLike, BUILD, next, OLD, seen } from '../boards.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';
import { image, request } from '../transfers.ts';

const SINCE = { sinceMs: Date.UTC(2024, 0, 3, 12) };

function stateOf(state: BoardState, like: BoardLike = {}): string {
  return plainSpaces(boardStateText(seen(state, like), PLAIN, 'en'));
}

suite('where a board stands', () => {
  const cases: readonly [state: BoardState, text: string][] = [
    [{ kind: 'checking', ...SINCE }, 'checking'],
    [{ kind: 'waiting', ...SINCE, build: BUILD, transferId: 1 }, 'queued'],
    [{ kind: 'downloading', ...SINCE, build: BUILD, transferId: 1 }, 'downloading'],
    [{ kind: 'flashing', ...SINCE, build: BUILD }, 'flashing build aaaaaaa'],
    [
      { kind: 'flashing', ...SINCE, build: BUILD, expectedMs: 42_400 },
      'flashing build aaaaaaa, which takes about 42.4 sec',
    ],
    [{ kind: 'overdue', ...SINCE, build: BUILD, expectedMs: 42_000 }, 'overdue: expected to report build aaaaaaa'],
    [{ kind: 'confirmed', ...SINCE, build: BUILD }, 'confirmed: it runs build aaaaaaa'],
    [{ kind: 'up to date', ...SINCE, build: BUILD }, 'up to date'],
    [{ kind: 'held', ...SINCE }, 'on hold: answered as up to date'],
    [
      { kind: 'refused', ...SINCE, status: 404, refusal: { kind: 'not this board', only: '192.168.1.5' } },
      'only the board at 192.168.1.5 gets an update now',
    ],
    [
      { kind: 'refused', ...SINCE, status: 403, refusal: { kind: 'not allowed', client: '10.0.0.7' } },
      '10.0.0.7 is in none of the networks that may ask here (mkbox.allow)',
    ],
    [{ kind: 'refused', ...SINCE, status: 404, refusal: { kind: 'told', text: 'no image x' } }, 'no image x'],
    [
      { kind: 'broken off', ...SINCE, atByte: 27_000_000, ofBytes: 63_000_000, reason: 'client closed' },
      'broken off at 27 MB of 63 MB: the client closed the connection',
    ],
    [
      { kind: 'reflashing', ...SINCE, build: BUILD, times: 3, reported: OLD },
      'flashes itself at every boot: it got build aaaaaaa 3 times in a row and still reports bbbbbbb; does it boot from the storage that it writes to, and is that intact?',
    ],
  ];
  for (const [state, text] of cases) test(`is told: ${text}`, () => equal(stateOf(state), text));

  test('is told with the time when it is silent', () => {
    match(stateOf({ kind: 'silent', ...SINCE }), /^silent since 1\/3\/2024/);
  });

  test('is told with bytes, percent, rate and the time left while it downloads', () => {
    const state = { kind: 'downloading', ...SINCE, build: BUILD, transferId: 1 } as const;
    const found = image('docker-box/docker-box-odroid-c4-main');
    const none = request({ kind: 'running' }, { found, totalBytes: 63_000_000 });
    equal(stateOf(state, { transfer: none }), 'downloading 0% of 63 MB');
    const some = request({ kind: 'running' }, { found, sentBytes: 27_500_000, totalBytes: 63_000_000 });
    match(
      stateOf(state, { transfer: some }),
      /^downloading 43% of 63 MB, [\d.,]+ (byte|kB|MB|GB|TB)\/s, \d+ (sec|ms) left$/,
    );
    some.stalledSinceMs = performance.now() - 45_000;
    equal(stateOf(state, { transfer: some }), '43% of 63 MB, stalled for 45 sec');
  });
});

suite('what stands behind the name of a board', () => {
  const UP_TO_DATE: BoardState = { kind: 'up to date', ...SINCE, build: OLD };
  const described = (state: BoardState, like: BoardLike = {}) => boardDescription(seen(state, like), PLAIN, 'en');

  test('is its state, and what it asks for', () => {
    equal(described(UP_TO_DATE), 'up to date · docker-box odroid-c4 main');
    const image = 'docker-box/docker-box-odroid-c4-main';
    equal(described(UP_TO_DATE, { image }), 'up to date · docker-box odroid-c4 main');
    equal(described(UP_TO_DATE, { image, wish: { board: 'odroid-c4' } }), 'up to date · docker-box-odroid-c4-main');
    const wish = { box: 'docker-box', image: 'docker-box-x' };
    equal(described(UP_TO_DATE, { wish }), 'up to date · docker-box-x');
  });

  test('says that it is held, once', () => {
    equal(described(UP_TO_DATE, { isHeld: true }), 'held · up to date · docker-box odroid-c4 main');
    const held = described({ kind: 'held', ...SINCE }, { isHeld: true });
    equal(held, 'on hold: answered as up to date · docker-box odroid-c4 main');
  });

  test('says that one update is served to it, until it has that', () => {
    const once = { by: 'me', atMs: 0 };
    equal(described(UP_TO_DATE, { once }), 'one update is served · up to date · docker-box odroid-c4 main');
    equal(described(UP_TO_DATE, { once: { ...once, isDone: true } }), 'up to date · docker-box odroid-c4 main');
  });

  test('says that it runs a different build, unless it gets the new one just now', () => {
    const older = described(UP_TO_DATE, { next: next(true) });
    equal(older, 'up to date · docker-box odroid-c4 main · different build');
    equal(described(UP_TO_DATE, { next: next(false) }), 'up to date · docker-box odroid-c4 main');
    const checking = described({ kind: 'checking', ...SINCE }, { next: next(true) });
    equal(checking, 'checking · docker-box odroid-c4 main');
    const flashing = described({ kind: 'flashing', ...SINCE, build: BUILD }, { next: next(true) });
    equal(flashing, 'flashing build aaaaaaa · docker-box odroid-c4 main');
  });
});

suite('the words around boards', () => {
  test('count transfers', () => {
    deepEqual([transfersText(1, PLAIN), transfersText(3, PLAIN)], ['1 transfer running', '3 transfers running']);
  });

  test('tell that a board runs what it was given', () => {
    const { board } = seen({ kind: 'confirmed', ...SINCE, build: BUILD }, { name: 'the rack', image: 'box/box-pi' });
    equal(confirmedText(board, PLAIN), 'mkbox: the rack runs build aaaaaaa of box-pi.');
  });
});

test('names that several boards have are found, and no other', () => {
  const boards = [{ name: 'Door' }, {}, { name: 'Hall' }, {}, { name: 'Door' }, { name: 'Door' }];
  deepEqual([...sharedNames(boards)], ['Door']);
});
