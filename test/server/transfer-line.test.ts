import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Refusal } from '../../src/server/refusal.ts';
import type { BreakReason, TransferResult, TransferState } from '../../src/server/transfer.ts';
import { transferLine } from '../../src/server/transfer-line.ts';
import { TransferRecord } from '../../src/server/transfer-record.ts';
import { makeSet, startServer } from './harness.ts';

/** The line of a request that came to `state`, with its duration left out. */
function lineOf(state: Exclude<TransferState, { kind: 'running' }>, target = '/list', method = 'GET'): string {
  const transfer = new TransferRecord(1, '10.0.0.7', method, target);
  Object.assign(transfer, { status: 200, sentBytes: 5, totalBytes: 9 });
  transfer.end(state);
  return transferLine(transfer).replace(/ \d+ ms /, ' ');
}

describe('the line about a request', () => {
  const results: Record<TransferResult, string> = {
    image: 'sent',
    part: 'sent the requested part',
    held: 'on hold: answered as up to date',
    'loop stopped': 'stopped, since it flashes itself again and again: answered as up to date',
    'build missing': 'what it is pinned to is not here: answered as up to date',
    'not its turn': 'waits for its turn in the roll-out: answered as up to date',
    'up to date': 'up to date',
    'not modified': 'not modified',
    head: 'sent the headers only, as requested',
    list: 'listed',
    identity: "sent the server's identity",
  };
  for (const [result, words] of Object.entries(results) as [TransferResult, string][]) {
    it(`says '${words}' of one that finished with '${result}'`, () => {
      assert.equal(lineOf({ kind: 'finished', result }), `10.0.0.7 "GET /list" 200 5 B -: ${words}`);
    });
  }

  const breaks: Record<BreakReason, string> = {
    'client closed': 'the client closed the connection',
    'client stalled': 'the client stopped receiving',
    'asked ahead': 'the client sent too many requests without waiting for their answers',
    'gave way': 'all connections were taken, and this client had the most',
    stopped: 'cut off by the stop',
    'image changed': 'the image changed while it was being sent',
    'image wrong': 'the image is wrong',
    fault: 'a fault on purpose',
    'image unreadable': 'the image could not be read',
    'internal error': "internal error; see the server's log",
  };
  for (const [reason, words] of Object.entries(breaks) as [BreakReason, string][]) {
    it(`says how far one came, and that ${words}`, () => {
      const line = lineOf({ kind: 'broken', reason });
      assert.equal(line, `10.0.0.7 "GET /list" 200 5 B -: broken off at byte 5 of 9: ${words}`);
    });
  }

  it('says how the system names what kept the image from being read', () => {
    const line = lineOf({ kind: 'broken', reason: 'image unreadable', code: 'ESTALE' });
    assert.match(
      line,
      /: broken off at byte 5 of 9: the image could not be read \(ESTALE, the network drive is stale\)$/,
    );
  });

  it('says of one that waits how many have their turn before it, or that it is next', () => {
    const transfer = new TransferRecord(1, '10.0.0.7', 'GET', '/list');
    transfer.wait({ sinceMs: 0, before: 2 });
    assert.match(transferLine(transfer), /: queued \(2 ahead\)$/);
    transfer.wait({ sinceMs: 0, before: 0 });
    assert.match(transferLine(transfer), /: queued: next in line$/);
  });

  const refusals: [Refusal, RegExp][] = [
    [{ kind: 'stopping' }, /: the server is being stopped$/],
    [{ kind: 'full', transfers: 4 }, /: 4 images are being sent, which is the limit, and the queue is full; /],
    [{ kind: 'request', fault: 'method' }, /: only GET and HEAD are answered here$/],
    [{ kind: 'foreign host', name: 'evil.com' }, /: this server does not go by the name evil\.com; .*ALLOWED_HOSTS/],
    [
      { kind: 'not allowed', client: '10.0.0.7' },
      /: 10\.0\.0\.7 is in none of the networks that may ask here \(ALLOW\)$/,
    ],
    [{ kind: 'not proven', proof: 'wrong' }, /: the user or the password is wrong$/],
    [{ kind: 'path' }, /: nothing is served under this path; there are \/list, /],
    [{ kind: 'part missing', part: 'board' }, /: the request names no board: add board=…, as in \/update\?name=/],
    [{ kind: 'no image', tried: ['a'] }, /: no image a; there is none at all$/],
    [{ kind: 'no image', tried: ['a', 'b', 'c'], nearest: 'd' }, /: no image a, b or c; nearest: d$/],
    [{ kind: 'no image', tried: ['a'], folder: 'f', nearest: 'd' }, /: no image a in f; nearest: d$/],
    [{ kind: 'not this one', id: 'a/b', only: 'c/d' }, /: only c\/d is served now, not a\/b$/],
    [{ kind: 'internal error' }, /: internal error; see the server's log$/],
    [{ kind: 'unreadable', code: 'EIO' }, /: the images could not be read \(EIO, the disk failed\); try again$/],
    [
      { kind: 'incomplete', id: 'a/b', fault: { file: 'b.img.zst', problem: 'empty' } },
      /: a\/b is incomplete: b\.img\.zst is empty$/,
    ],
  ];
  for (const [refusal, words] of refusals) {
    it(`says why one was refused: ${words.source}`, () => assert.match(lineOf({ kind: 'refused', refusal }), words));
  }

  it('is one line, whatever the client wrote', () => {
    const nasty = 'a\r\n10.0.0.1 "GET /" 200\u2028\u2029\u0085\u001b[31m\u202e\u0000';
    const lines = [
      lineOf({ kind: 'finished', result: 'list' }, nasty, nasty),
      lineOf({ kind: 'refused', refusal: { kind: 'no image', tried: [nasty], folder: nasty } }),
    ];
    for (const line of lines) assert.doesNotMatch(line, /[\p{C}\p{Zl}\p{Zp}]/u);
    assert.match(lines[0] ?? '', /a\\u\{d\}\\u\{a\}10\.0\.0\.1/);
  });

  it('names the image that a board was given', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi-main', 10));
    const ended = server.ended();
    await server.get('/update?name=box&board=pi');
    const line = transferLine(await ended);
    assert.match(line, /^127\.0\.0\.1 "GET \/update\?name=box&board=pi" 200 10240 B \d+ ms box\/box-pi-main: sent$/);
  });

  it('of one that runs says so', () => {
    assert.match(transferLine(new TransferRecord(1, '::1', 'GET', '/list')), / 0 0 B \d+ ms -: running$/);
  });
});
