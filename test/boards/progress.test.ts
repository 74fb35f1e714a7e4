import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressOf } from '../../src/boards/progress.ts';
import { TransferRecord } from '../../src/server/transfer-record.ts';

/** A transfer that runs for so long. */
function running(durationMs: number, sentBytes: number): TransferRecord {
  const transfer = new TransferRecord(1, '192.0.2.1', 'GET', '/update');
  Object.defineProperty(transfer, 'durationMs', { value: durationMs });
  return Object.assign(transfer, { totalBytes: 1_000_000, sentBytes });
}

describe('the progress of a download', () => {
  it('is its bytes, its rate and the time that is left', () => {
    assert.deepEqual(progressOf(running(2_000, 250_000)), {
      sentBytes: 250_000,
      totalBytes: 1_000_000,
      bytesPerSecond: 125_000,
      leftMs: 6_000,
      stalledMs: undefined,
    });
  });

  it('promises nothing while the client takes nothing, but tells for how long', () => {
    const stalled = Object.assign(running(60_000, 250_000), { stalledSinceMs: performance.now() - 45_000 });
    const { leftMs, stalledMs = 0 } = progressOf(stalled);
    assert.deepEqual([leftMs, Math.floor(stalledMs / 1000)], [undefined, 45]);
    stalled.end({ kind: 'broken', reason: 'client stalled' });
    assert.equal(progressOf(stalled).stalledMs, undefined);
  });

  it('promises nothing before the first byte, nor after the last', () => {
    const first = progressOf(running(2_000, 0));
    assert.deepEqual([first.bytesPerSecond, first.leftMs], [0, undefined]);
    assert.equal(progressOf(running(0, 0)).bytesPerSecond, 0);
    const done = running(2_000, 1_000_000);
    assert.equal(progressOf(done).leftMs, 0);
    done.end({ kind: 'finished', result: 'image' });
    assert.equal(progressOf(done).leftMs, undefined);
  });
});
