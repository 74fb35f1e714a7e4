import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { parseFaultOrder } from '../../src/server/sending/fault.ts';
import type { TrialStep } from '../../src/trial/trial.ts';
import { endText } from '../../src/trial/trial-text.ts';
import { tryAsBoard } from '../../src/trial/try-as-board.ts';
import { makeSet, startServer, type TestServer } from '../server/harness.ts';
import { MOST_WAIT_MS } from '../until.ts';

const PATH = '/update?name=box&board=pi';
/** For a server that is silent on purpose; of one that is not, a trial waits for as long as it takes. */
const SILENCE_MS = 2_000;

suite('a trial that meets a fault on purpose', () => {
  let site: TestServer;
  before(async () => {
    site = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 300_000));
    await site.get(PATH, { connection: 'close' }); // the server knows the image then, and does not let wait for it
  });
  after(() => site[Symbol.asyncDispose]());

  async function tried(fault: string, silenceMs?: number) {
    const order = parseFaultOrder(fault);
    if (order === undefined) throw new Error(`${fault} is no fault`);
    site.server.faults.arm(order);
    return trial(silenceMs);
  }

  async function trial(silenceMs = MOST_WAIT_MS) {
    const steps: TrialStep[] = [];
    const end = await tryAsBoard({
      server: site.url,
      path: PATH,
      signal: new AbortController().signal,
      onStep: (step) => steps.push(step),
      silenceMs,
    });
    return { end, text: endText(end), steps, kinds: steps.map(({ kind }) => kind) };
  }

  for (const [fault, { kinds, text }] of Object.entries({
    'cut:0': { kinds: ['asked', 'answered'], text: /cut off at byte 0 of 3\d{5}$/ },
    'cut:50': { kinds: ['asked', 'answered'], text: /cut off at byte 15\d{4} of 3\d{5}$/ },
    'stall:50': { kinds: ['asked', 'answered'], text: /after byte 15\d{4}, the server sent nothing for 2 s/ },
    byte: { kinds: ['asked', 'answered', 'downloaded'], text: /box-pi\.img\.zst doesn't match its \.img\.sha256/ },
    checksum: { kinds: ['asked', 'answered', 'downloaded'], text: /box-pi\.img\.zst doesn't match its \.img\.sha256/ },
    '404': { kinds: ['asked', 'answered'], text: /the server answered 404: a fault on purpose$/ },
    '503': { kinds: ['asked', 'answered'], text: /the server answered 503: a fault on purpose$/ },
    'late:4': { kinds: ['asked'], text: /the server sent nothing for 2 s|did not answer|no answer/ },
  })) {
    test(`says at which step it would fail, and the next one runs the build: ${fault}`, async () => {
      const isSilent = /^(stall|late):/.test(fault);
      const bad = await tried(fault, isSilent ? SILENCE_MS : undefined);
      deepEqual(bad.kinds, kinds);
      match(bad.text, text);
      equal((await trial()).end.kind, 'flash');
    });
  }

  test('has the time it took: late:1', async () => {
    site.server.faults.arm({ fault: { kind: 'late', seconds: 1 } });
    const { end, steps } = await trial();
    equal(end.kind, 'flash');
    equal((steps.find(({ kind }) => kind === 'answered')?.atMs ?? 0) >= 1000, true);
  });

  test('has the time it took: slow:300', async () => {
    const { end, steps } = await tried('slow:300');
    equal(end.kind, 'flash');
    equal((steps.find(({ kind }) => kind === 'downloaded')?.atMs ?? 0) >= 500, true);
  });
});
