import { equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { askedText, outcomeText } from '../../../src/editor/words/request-words.ts';
import type { Asked } from '../../../src/server/decision/asked.ts';
import type { Refusal } from '../../../src/server/refusal.ts';
import type { Fault } from '../../../src/server/sending/fault.ts';
import type { TransferState } from '../../../src/server/transfer.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';
import { image, type RequestLike, request } from '../transfers.ts';

const RUNNING: TransferState = { kind: 'running' };

suite('what was asked for', () => {
  const cases: readonly [asked: Asked, text: string][] = [
    [{ kind: 'list' }, 'list'],
    [{ kind: 'list', search: 'main' }, 'list of main'],
    [{ kind: 'update', box: 'docker-box', board: 'pi', branch: 'x', version: '1' }, 'docker-box pi x 1'],
    [{ kind: 'update', box: 'docker-box', image: 'docker-box-pi' }, 'docker-box docker-box-pi'],
    [{ kind: 'update' }, '/update?name=docker-box&board=odroid-c4'],
    [{ kind: 'identity' }, '/update?name=docker-box&board=odroid-c4'],
    [{ kind: 'other' }, '/update?name=docker-box&board=odroid-c4'],
  ];
  for (const [asked, text] of cases) {
    test(`is told as ${text} for ${JSON.stringify(asked)}`, () =>
      equal(askedText(request(RUNNING, { asked }), PLAIN), text));
  }

  test('is the image, once one is found', () => {
    equal(askedText(request(RUNNING, { found: image('docker-box/docker-box-pi-main') }), PLAIN), 'docker-box-pi-main');
  });
});

suite('what came of a request', () => {
  const HALF: RequestLike = { sentBytes: 31_500_000, totalBytes: 63_000_000 };
  const cases: readonly [state: TransferState, like: RequestLike, text: RegExp][] = [
    [RUNNING, {}, /^looking for the image$/],
    [{ kind: 'running', place: { sinceMs: 0, before: 3 } }, {}, /^queued \(3 ahead\)$/],
    [{ kind: 'running', place: { sinceMs: 0, before: 0 } }, {}, /^queued: next in line$/],
    [RUNNING, HALF, /^sending 50% of 63 MB$/],
    [{ kind: 'finished', result: 'image' }, { sentBytes: 63_000_000 }, /^sent 63 MB in \d+ ms$/],
    [{ kind: 'finished', result: 'part' }, { sentBytes: 100_000 }, /^sent 100 kB, the requested part$/],
    [{ kind: 'finished', result: 'up to date' }, {}, /^up to date$/],
    [{ kind: 'finished', result: 'not modified' }, {}, /^not modified$/],
    [{ kind: 'finished', result: 'head' }, {}, /^sent the headers only, as requested$/],
    [{ kind: 'finished', result: 'list' }, {}, /^listed$/],
    [{ kind: 'finished', result: 'identity' }, {}, /^sent the server's identity$/],
    [{ kind: 'broken', reason: 'client closed' }, HALF, /^broken off at 50%: the client closed the connection$/],
    [{ kind: 'broken', reason: 'client stalled' }, HALF, /^broken off at 50%: the client stopped receiving$/],
    [{ kind: 'broken', reason: 'gave way' }, HALF, /: all connections were taken, and this client had the most$/],
    [{ kind: 'broken', reason: 'stopped' }, HALF, /: cut off by the stop$/],
    [
      { kind: 'refused', refusal: { kind: 'full', transfers: 4 } },
      {},
      /^4 images are being sent, which is the limit, and the queue is full; ask again later$/,
    ],
    [{ kind: 'broken', reason: 'image changed' }, HALF, /: the image changed while it was being sent$/],
    [{ kind: 'broken', reason: 'image unreadable' }, HALF, /: the image could not be read$/],
    [{ kind: 'refused', refusal: { kind: 'stopping' } }, {}, /^the server is being stopped$/],
  ];
  for (const [state, like, text] of cases) {
    test(`is told when it is ${JSON.stringify(state)}${like === HALF ? ' half-way' : ''}`, () => {
      match(plainSpaces(outcomeText(request(state, like), PLAIN, 'en')), text);
    });
  }
});

suite('what came of a request for an image that was found to be wrong while it was sent', () => {
  const broken = () =>
    request({ kind: 'broken', reason: 'image wrong' }, { sentBytes: 60_000_000, totalBytes: 63_000_000 });

  test('is told with what is wrong', () => {
    const transfer = broken();
    const finding = { kind: 'contents', fault: 'no partition table' } as const;
    transfer.objection = { kind: 'wrong image', id: 'box/box-pi', image: 'box-pi', finding, isSettling: false };
    const text = 'broken off at 95%: box-pi.img.zst holds no disk image: there is no partition table in it';
    equal(plainSpaces(outcomeText(transfer, PLAIN, 'en')), text);
  });

  test('is told without, where that is not known', () => {
    equal(plainSpaces(outcomeText(broken(), PLAIN, 'en')), 'broken off at 95%: the image is wrong');
  });
});

suite('why a request got nothing', () => {
  const cases: readonly [refusal: Refusal, text: RegExp][] = [
    [
      { kind: 'foreign host', name: 'lab.example.org' },
      /lab\.example\.org; add it to mkbox\.allowedHosts if it should$/,
    ],
    [{ kind: 'not allowed', client: '10.0.0.7' }, /\(mkbox\.allow\)$/],
    [
      {
        kind: 'wrong image',
        id: 'box/a',
        image: 'a',
        finding: { kind: 'contents', fault: 'no FAT' },
        isSettling: false,
      },
      /; mkbox\.allowForeignImages serves images that mkbox did not make; build it again$/,
    ],
    [
      {
        kind: 'wrong image',
        id: 'box/a',
        image: 'a',
        finding: { kind: 'damaged', damage: { problem: 'too many frames', at: 9 } },
        isSettling: false,
      },
      /; compress it with zstd or "Pack Image"; build it again$/,
    ],
  ];
  for (const [refusal, text] of cases) {
    test(`is told with the names of the editor's settings: ${text.source}`, () =>
      match(outcomeText(request({ kind: 'refused', refusal }), PLAIN, 'en'), text));
  }
});

suite('a request that met a fault on purpose', () => {
  const HALF: RequestLike = { sentBytes: 31_500_000, totalBytes: 63_000_000 };
  const WHOLE: RequestLike = { sentBytes: 63_000_000, totalBytes: 63_000_000 };
  const cases: readonly [state: TransferState, fault: Fault, text: RegExp, like?: RequestLike][] = [
    [
      { kind: 'broken', reason: 'fault' },
      { kind: 'byte' },
      /^sent 63 MB in .*, with a fault on purpose: one wrong byte$/,
      WHOLE,
    ],
    [RUNNING, { kind: 'late', seconds: 30 }, /^looking for the image, with a fault on purpose: first byte after 30 s$/],
    [
      { kind: 'finished', result: 'image' },
      { kind: 'slow', bytesPerSecond: 200_000 },
      /^sent .*, with a fault on purpose: 200 kB per second$/,
    ],
    [
      { kind: 'broken', reason: 'fault' },
      { kind: 'cut', percent: 50 },
      /^broken off at 50%: a fault on purpose \(cut off at 50 %\)$/,
      HALF,
    ],
    [
      { kind: 'broken', reason: 'client closed' },
      { kind: 'stall', percent: 50 },
      /: the client closed the connection, with a fault on purpose: silent from 50 % on$/,
    ],
    [
      { kind: 'refused', refusal: { kind: 'fault', status: 404 } },
      { kind: 'status', status: 404 },
      /^a fault on purpose \(answer 404\)$/,
    ],
  ];
  for (const [state, fault, text, like] of cases) {
    test(`says so when it is ${JSON.stringify(state)} by ${fault.kind}`, () => {
      const transfer = request(state, like);
      transfer.fault = fault;
      match(plainSpaces(outcomeText(transfer, PLAIN, 'en')), text);
    });
  }
});
