import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Board } from '../../../src/boards/board.ts';
import type { BoardUpdate, StopReason, UpdateStep } from '../../../src/boards/board-update.ts';
import type { CommandFault } from '../../../src/editor/restart/command-line.ts';
import type { RestartFailure } from '../../../src/editor/restart/run-command.ts';
import {
  commandFaultText,
  restartFailureText,
  updateEndText,
  updateStepText,
} from '../../../src/editor/words/update-words.ts';
import { ENGLISH } from '../../../src/words.ts';

const BUILD = 'b'.repeat(64);
const OLD = 'a'.repeat(64);
const NOW = 10_000_000;

const board: Board = {
  id: '1',
  address: '10.0.0.7',
  wish: {},
  state: { kind: 'checking', sinceMs: 1 },
  firstSeenMs: 1,
  lastSeenMs: 1,
  isHeld: false,
  history: [],
};

suite('how far an update is', () => {
  const text = (step: UpdateStep, restart: 'command' | 'by hand' | 'none' = 'command') => {
    const update: BoardUpdate = { build: BUILD, fromMs: 0, heardMs: 0, step };
    return updateStepText(update, { board, transfer: undefined }, restart, NOW, ENGLISH, 'en');
  };
  const steps: readonly [UpdateStep, string][] = [
    [{ kind: 'awaited' }, 'restarting: waiting for it to ask for its update'],
    [{ kind: 'checking' }, 'checking'],
    [{ kind: 'flashing' }, 'flashing; how long that takes is not known yet'],
    [{ kind: 'flashing', dueMs: NOW + 39_500 }, 'flashing, about 40 sec left'],
    [{ kind: 'flashing', dueMs: NOW }, 'flashing, should be back any moment'],
    [
      { kind: 'overdue', sinceMs: NOW - 65_500 },
      'overdue for 65 sec: its console may say why, and it may still come back',
    ],
  ];
  for (const [step, then] of steps) test(`is told when it is ${step.kind}: ${then}`, () => equal(text(step), then));
  test('tells who is to restart the board', () => {
    equal(text({ kind: 'awaited' }, 'by hand'), 'power-cycle it now: waiting for it to ask for its update');
  });
});

suite('how an update ended', () => {
  const stopped = (why: StopReason, step: UpdateStep['kind'], said = '') =>
    updateEndText({ kind: 'stopped', step, heardMs: NOW - 180_000, why }, 'bench', 'box-pi', said, NOW, ENGLISH, 'en');
  const reasons: readonly [StopReason, UpdateStep['kind'], string][] = [
    [
      { kind: 'refused', status: 409, refusal: { kind: 'told', text: 'box-pi is damaged' } },
      'checking',
      'when the board asked: box-pi is damaged.',
    ],
    [
      { kind: 'broken off', atByte: 12_000_000, ofBytes: 63_000_000, reason: 'client closed' },
      'downloading',
      'during the download: broken off at 12 MB of 63 MB: the client closed the connection.',
    ],
    [
      { kind: 'other build', build: BUILD, reported: OLD },
      'overdue',
      `after the download: it got build ${'b'.repeat(7)} and came back with ${'a'.repeat(7)}; does it boot from the storage that it writes to, and is that intact?`,
    ],
    [{ kind: 'held' }, 'awaited', 'before the board asked: it is on hold.'],
    [{ kind: 'not served' }, 'queued', 'in the queue: images are no longer served.'],
    [
      { kind: 'did not ask', withinMs: 300_000 },
      'awaited',
      'before the board asked: it did not ask within 5 min; did it restart, and does it ask this machine?',
    ],
    [
      { kind: 'silent' },
      'overdue',
      'after the download: it got the image and has not asked since; its console may say why.',
    ],
    [{ kind: 'forgotten' }, 'awaited', 'before the board asked: it was removed from the boards.'],
  ];
  for (const [why, step, then] of reasons) {
    test(`is told of one that stopped: ${why.kind}`, () => {
      equal(stopped(why, step), `mkbox: the update of bench stopped ${then} Last seen: 3 minutes ago.`);
    });
  }

  test('is told with what ssh said, where the board did not ask', () => {
    const text = stopped({ kind: 'did not ask', withinMs: 1000 }, 'awaited', 'Connection closed');
    equal(text.endsWith('Last seen: 3 minutes ago. Its restart ended with: Connection closed'), true, text);
  });

  test('is told of one that was confirmed, or had nothing to do', () => {
    const text = (kind: 'confirmed' | 'up to date') =>
      updateEndText({ kind, build: BUILD }, 'bench', 'box-pi', '', NOW, ENGLISH, 'en');
    equal(text('confirmed'), `mkbox: bench runs build ${'b'.repeat(7)} of box-pi.`);
    equal(text('up to date'), `mkbox: bench already runs build ${'b'.repeat(7)} of box-pi.`);
  });
});

suite('why a board was not restarted', () => {
  test('is told by the program, and what it said', () => {
    const failures: readonly RestartFailure[] = [
      { kind: 'failed', status: 255, said: 'Host key verification failed.' },
      { kind: 'failed', status: 1, said: '' },
      { kind: 'killed', signal: 'SIGTERM', said: '' },
      { kind: 'not started', code: 'ENOENT' },
      { kind: 'not started', code: 'EACCES' },
    ];
    deepEqual(
      failures.map((failure) => restartFailureText(failure, 'ssh', ENGLISH)),
      [
        'ssh ended with status 255: Host key verification failed.',
        'ssh ended with status 1',
        'ssh was ended by SIGTERM',
        'there is no program ssh',
        'ssh cannot be started (EACCES)',
      ],
    );
  });

  test('is told by what is wrong with the setting', () => {
    const faults: readonly CommandFault[] = [
      { kind: 'nothing set' },
      { kind: 'no command' },
      { kind: 'open quote', quote: '"' },
      { kind: 'unknown variable', variable: 'adress' },
      { kind: 'no value', variable: 'name' },
      { kind: 'no value', variable: 'mac' },
      { kind: 'no address', address: '-o\u001b' },
      { kind: 'variable as program' },
      { kind: 'option', argument: '-v' },
    ];
    deepEqual(
      faults.map((fault) => commandFaultText(fault, ENGLISH)),
      [
        'mkbox.rebootCommand is empty',
        'mkbox.rebootCommand is neither a line nor a list of arguments',
        'mkbox.rebootCommand has a quote (") that is not closed',
        'mkbox.rebootCommand has the unknown variable $(adress); there are $(address), $(name), $(mac)',
        'mkbox.rebootCommand asks for $(name), and the board has no name: give it one',
        'mkbox.rebootCommand asks for $(mac), which is not known of this board',
        '-o\\u{1b} is not an IP address',
        'mkbox.rebootCommand begins with a variable: the program must be named',
        'the argument -v of mkbox.rebootCommand would be taken for an option',
      ].map((text) => text.replace(/\$\((\w+)\)/g, '$${$1}')),
    );
  });
});
