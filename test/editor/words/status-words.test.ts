import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Reflashing } from '../../../src/boards/board.ts';
import type { ServingState } from '../../../src/editor/serving-state.ts';
import { statusOf, type Unseen } from '../../../src/editor/words/status-words.ts';
import { clientText } from '../../../src/editor/words/words.ts';
import type { FaultOrder } from '../../../src/server/sending/fault.ts';
import type { Transfer } from '../../../src/server/transfer.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';
import { image, request } from '../transfers.ts';

const ENDPOINT = { host: '127.0.0.1', port: 8080, url: 'http://127.0.0.1:8080', onNetwork: false };
const SERVING: ServingState = { kind: 'serving', endpoint: ENDPOINT };
const IMAGE = image('docker-box/docker-box-pi-main');

/** Boards without a name but one. */
const nameOf = ({ client, asked }: Pick<Transfer, 'client' | 'asked'>) =>
  asked.box === 'named-box' ? 'by the window' : clientText(client);

/** The item's text, label and severity. */
function status(
  state: ServingState,
  sending: readonly Transfer[] = [],
  transfer?: Transfer,
  reflash?: Reflashing,
  held: readonly string[] = [],
  once: readonly string[] = [],
): string[] {
  const unseen = transfer && { transfer, reflash };
  const situation = { state, sending, unseen, held, once, nameOf, fault: undefined };
  const { text, label, severity } = statusOf(situation, PLAIN, 'en');
  return [text, plainSpaces(label), severity];
}

suite('the status while the server is being stopped', () => {
  const draining: ServingState = { kind: 'draining', endpoint: ENDPOINT, next: 'stopped' };
  const restarting: ServingState = { kind: 'draining', endpoint: ENDPOINT, next: 'serving' };
  const sending = () => request({ kind: 'running' }, { sentBytes: 1, totalBytes: 10 });

  test('is what the stop waits for, whatever else there is to tell', () => {
    const refused = request({ kind: 'refused', refusal: { kind: 'not this board', only: '192.168.1.5' } });
    const [text, label, severity] = status(draining, [sending()], refused, undefined, ['a board']);
    deepEqual(
      [text, label, severity],
      ['$(loading~spin) mkbox: stopping, 1 download left', 'mkbox: stopping, 1 download left', 'normal'],
    );
  });

  test('counts the downloads', () => {
    equal(status(draining, [sending(), sending()])[1], 'mkbox: stopping, 2 downloads left');
  });

  test('is a restart where it is to serve again', () => {
    equal(status(restarting)[1], 'mkbox: restarting');
    equal(status(restarting, [sending()])[1], 'mkbox: restarting, 1 download left');
    equal(status(restarting, [sending(), sending()])[1], 'mkbox: restarting, 2 downloads left');
  });
});

suite('the status', () => {
  const cases: readonly [state: ServingState, text: string, label: string, severity: string][] = [
    [{ kind: 'stopped' }, '$(circle-slash) mkbox', 'mkbox: images are not served', 'normal'],
    [{ kind: 'starting' }, '$(loading~spin) mkbox', 'mkbox: starting to serve images', 'normal'],
    [SERVING, '$(broadcast) mkbox local:8080', 'mkbox: serving images at http://127.0.0.1:8080', 'normal'],
    [
      { kind: 'serving', endpoint: { host: '0.0.0.0', port: 8080, url: 'http://192.168.1.5:8080', onNetwork: true } },
      '$(broadcast) mkbox 192.168.1.5:8080',
      'mkbox: serving images at http://192.168.1.5:8080',
      'normal',
    ],
    [
      { kind: 'one-shot', endpoint: ENDPOINT },
      '$(target) mkbox local:8080 · one update',
      'mkbox: serving one update of any image at http://127.0.0.1:8080',
      'normal',
    ],
    [
      { kind: 'one-shot', endpoint: ENDPOINT, only: 'box/box-pi' },
      '$(target) mkbox local:8080 · one update of box-pi',
      'mkbox: serving one update of box/box-pi at http://127.0.0.1:8080',
      'normal',
    ],
    [
      { kind: 'one-shot', endpoint: ENDPOINT, client: '192.168.1.20' },
      '$(target) mkbox local:8080 · one update to 192.168.1.20',
      'mkbox: serving one update of any image at http://127.0.0.1:8080, to the board 192.168.1.20 only',
      'normal',
    ],
    [
      { kind: 'draining', endpoint: ENDPOINT, next: 'stopped' },
      '$(loading~spin) mkbox: stopping',
      'mkbox: stopping',
      'normal',
    ],
    [{ kind: 'failed', failure: { kind: 'other', message: 'no luck' } }, '$(error) mkbox', 'mkbox: no luck', 'error'],
    [
      { kind: 'failed', failure: { kind: 'no such address', host: '10.0.0.7' } },
      '$(error) mkbox',
      'mkbox: this machine has no address 10.0.0.7',
      'error',
    ],
    [
      {
        kind: 'failed',
        failure: { kind: 'port in use', host: '127.0.0.1', port: 8080, holder: { kind: 'unknown' } },
      },
      '$(error) mkbox :8080',
      'mkbox: port 8080 is in use',
      'error',
    ],
    [
      {
        kind: 'failed',
        failure: {
          kind: 'port in use',
          host: '127.0.0.1',
          port: 8080,
          holder: { kind: 'mkbox window', workspace: 'lab' },
        },
      },
      '$(window) mkbox :8080',
      'mkbox: port 8080 is served by another window, lab',
      'normal',
    ],
  ];
  for (const [state, ...shown] of cases) {
    test(`tells: ${shown[1]}`, () => deepEqual(status(state), shown));
  }
});

suite('the status while boards are held', () => {
  const held = (state: ServingState) => status(state, [], undefined, undefined, ['the rack, top', '192.168.1.20']);
  const tail = '; holding the rack, top, 192.168.1.20';

  test('says how many, and which', () => {
    const label = `mkbox: serving images at http://127.0.0.1:8080${tail}`;
    deepEqual(held(SERVING), ['$(broadcast) mkbox local:8080 · 2 held', label, 'normal']);
    const oneShot = 'mkbox: serving one update of any image at http://127.0.0.1:8080';
    const shown = ['$(target) mkbox local:8080 · one update · 2 held', oneShot + tail, 'normal'];
    deepEqual(held({ kind: 'one-shot', endpoint: ENDPOINT }), shown);
  });

  test('says it also while it tells of something else, and that only one update is served', () => {
    const refused = request({ kind: 'refused', refusal: { kind: 'not this board', only: '192.168.1.5' } });
    const [, label] = status({ kind: 'one-shot', endpoint: ENDPOINT }, [], refused, undefined, ['the rack']);
    const remarks = '; only one update is served; holding the rack';
    equal(label, `mkbox: 192.168.1.20 got nothing: only the board at 192.168.1.5 gets an update now${remarks}`);
    const sending = request({ kind: 'running' }, { found: IMAGE, sentBytes: 1, totalBytes: 4 });
    const [, other] = status({ kind: 'one-shot', endpoint: ENDPOINT }, [sending], undefined, undefined, ['the rack']);
    equal(other, `mkbox: 192.168.1.20 downloads docker-box-pi-main, 25%${remarks}`);
  });

  test('names those that are to get one update, also while it tells of something else', () => {
    const once = ['the rack, top'];
    const label = 'mkbox: serving images at http://127.0.0.1:8080; one update to the rack, top';
    const shown = ['$(broadcast) mkbox local:8080 · one update to the rack, top', label, 'normal'];
    deepEqual(status(SERVING, [], undefined, undefined, [], once), shown);
    const sending = request({ kind: 'running' }, { found: IMAGE, sentBytes: 1, totalBytes: 4 });
    const [, other] = status(SERVING, [sending], undefined, undefined, [], once);
    equal(other, 'mkbox: 192.168.1.20 downloads docker-box-pi-main, 25%; one update to the rack, top');
  });

  test('says nothing of it while nothing is served', () => {
    deepEqual(held({ kind: 'stopped' })[0], '$(circle-slash) mkbox');
  });
});

suite('the status while images are sent', () => {
  const sending = (sentBytes: number) =>
    request({ kind: 'running' }, { found: IMAGE, sentBytes, totalBytes: 100_000_000 });
  const refused = request({ kind: 'refused', refusal: { kind: 'not this board', only: '192.168.1.5' } });

  test('tells of one board who it is, what it gets and how far it is', () => {
    const label = 'mkbox: 192.168.1.20 downloads docker-box-pi-main, 43%';
    deepEqual(status(SERVING, [sending(43_500_000)]), ['$(cloud-download) 192.168.1.20 43%', label, 'normal']);
  });

  test('tells of one board that takes nothing for how long', () => {
    const stalled = Object.assign(sending(43_500_000), { stalledSinceMs: performance.now() - 45_000 });
    const [text, label] = status(SERVING, [stalled]);
    equal(text, '$(cloud-download) 192.168.1.20 43%, stalled for 45 sec');
    equal(label, 'mkbox: 192.168.1.20 downloads docker-box-pi-main, 43%, stalled for 45 sec');
  });

  test('calls a board as the user does', () => {
    const asked = { kind: 'update', box: 'named-box', board: 'odroid-c4' } as const;
    const like = { asked, found: IMAGE, sentBytes: 1, totalBytes: 4 };
    const loading = status(SERVING, [request({ kind: 'running' }, like)]);
    deepEqual(loading.slice(0, 2), [
      '$(cloud-download) by the window 25%',
      'mkbox: by the window downloads docker-box-pi-main, 25%',
    ]);
    const broken = status(SERVING, [], request({ kind: 'broken', reason: 'client closed' }, like));
    equal(broken[0], '$(error) mkbox by the window');
    const refused = status(
      SERVING,
      [],
      request({ kind: 'refused', refusal: { kind: 'not this board', only: '192.168.1.5' } }, like),
    );
    equal(refused[1], 'mkbox: by the window got nothing: only the board at 192.168.1.5 gets an update now');
  });

  test('tells of several how far they are together', () => {
    const label = 'mkbox: 2 boards download, 50% of 200 MB';
    deepEqual(status(SERVING, [sending(25_000_000), sending(75_000_000)]), [
      '$(cloud-download) 2 × 50%',
      label,
      'normal',
    ]);
  });

  test('keeps the colour of what was not seen yet', () => {
    const [text, , severity] = status(SERVING, [sending(1)], refused);
    deepEqual([text, severity], ['$(cloud-download) 192.168.1.20 0%', 'warning']);
  });

  test('tells of a failure first', () => {
    const state: ServingState = { kind: 'failed', failure: { kind: 'other', message: 'no luck' } };
    equal(status(state, [sending(1)])[0], '$(error) mkbox');
  });
});

suite('the status after a request that failed, until it is seen,', () => {
  test('warns of one that got nothing, and says why', () => {
    const unseen = request({ kind: 'refused', refusal: { kind: 'not this board', only: '192.168.1.5' } });
    const label = 'mkbox: 192.168.1.20 got nothing: only the board at 192.168.1.5 gets an update now';
    deepEqual(status(SERVING, [], unseen), ['$(warning) mkbox 192.168.1.20', label, 'warning']);
  });

  test('tells of one that was broken off as an error', () => {
    const unseen = request({ kind: 'broken', reason: 'client closed' }, { sentBytes: 1, totalBytes: 4 });
    const label = 'mkbox: 192.168.1.20: broken off at 25%: the client closed the connection';
    deepEqual(status(SERVING, [], unseen), ['$(error) mkbox 192.168.1.20', label, 'error']);
  });

  test('warns of a board that flashes itself at every boot, also while it downloads once more', () => {
    const unseen = request({ kind: 'finished', result: 'image' });
    const reflash = {
      kind: 'reflashing',
      sinceMs: 0,
      build: 'a'.repeat(64),
      times: 2,
      reported: 'b'.repeat(64),
    } as const;
    const label =
      'mkbox: 192.168.1.20 flashes itself at every boot: it got build aaaaaaa 2 times in a row and still reports ' +
      'bbbbbbb; does it boot from the storage that it writes to, and is that intact?';
    deepEqual(status(SERVING, [], unseen, reflash), ['$(warning) mkbox 192.168.1.20', label, 'warning']);
    const again = request({ kind: 'running' }, { sentBytes: 1, totalBytes: 4 });
    equal(status(SERVING, [again], unseen, reflash)[2], 'warning');
  });
});

suite('a fault on purpose', () => {
  const withFault = (state: ServingState, fault: FaultOrder, unseen?: Unseen) => {
    const situation = { state, sending: [], unseen, held: [], once: [], nameOf, fault };
    return statusOf(situation, PLAIN, 'en');
  };

  test('is marked beside what is served', () => {
    deepEqual(withFault(SERVING, { fault: { kind: 'cut', percent: 50 } }), {
      text: '$(broadcast) mkbox local:8080 · $(bug) cut off at 50 %',
      label: 'mkbox: serving images at http://127.0.0.1:8080; fault on purpose for the next image: cut off at 50 %',
      severity: 'warning',
    });
  });

  test('is for the board it is for, and hides nothing graver', () => {
    const transfer = request({ kind: 'broken', reason: 'client closed' });
    const { label, severity } = withFault(
      SERVING,
      { fault: { kind: 'byte' }, client: 'bench 1', once: true },
      { transfer },
    );
    equal(severity, 'error');
    match(label, /: the client closed the connection; fault on purpose for bench 1: one wrong byte$/);
  });

  test('is no error where it did what it was to do', () => {
    const transfer = request({ kind: 'broken', reason: 'fault' }, { sentBytes: 1, totalBytes: 2 });
    transfer.fault = { kind: 'cut', percent: 50 };
    const [text, label, severity] = status(SERVING, [], transfer);
    deepEqual([text, severity], ['$(warning) mkbox 192.168.1.20', 'warning']);
    match(label ?? '', /: a fault on purpose \(cut off at 50 %\)$/);
  });
});
