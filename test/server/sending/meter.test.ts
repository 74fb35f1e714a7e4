import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BURST_MS } from '../../../src/server/limits.ts';
import { Meter } from '../../../src/server/sending/meter.ts';

describe('a line of 1000 bytes a second', () => {
  it('takes the next piece when the one before is through, but for what it makes up for', () => {
    const meter = new Meter(1000);
    assert.equal(meter.waitMs(0), 0);
    meter.put(500, 0);
    assert.equal(meter.waitMs(0), 500 - BURST_MS);
    assert.equal(meter.waitMs(500 - BURST_MS), 0);
    meter.put(500, 500 - BURST_MS);
    assert.equal(meter.waitMs(500 - BURST_MS), 500);
  });

  it('makes up for a late piece, and after a long silence for a moment only', () => {
    const meter = new Meter(1000);
    meter.put(500, 0);
    const freeAt = 500 - BURST_MS;
    meter.put(500, freeAt + 40);
    assert.equal(meter.waitMs(freeAt + 40), 460);
    meter.put(500, 1_000_000);
    assert.equal(meter.waitMs(1_000_000), 500 - BURST_MS);
  });

  it('does not drift in a day of pieces', () => {
    const meter = new Meter(1000);
    let nowMs = 0;
    for (let piece = 0; piece < 864_000; piece++) {
      nowMs += meter.waitMs(nowMs);
      meter.put(100, nowMs);
    }
    assert.equal(nowMs, 86_400_000 - 100 - BURST_MS);
  });

  it('never takes more in any stretch of time than it can, what it makes up for, and a piece', () => {
    const meter = new Meter(1000);
    const puts: { atMs: number; bytes: number }[] = [];
    let state = 1;
    const random = (most: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state / 2 ** 32) * most;
    };
    for (let nowMs = 0; puts.length < 400; nowMs += meter.waitMs(nowMs) + (random(1) < 0.3 ? random(300) : 0)) {
      if (meter.waitMs(nowMs) > 0) continue;
      const bytes = Math.ceil(random(100));
      meter.put(bytes, nowMs);
      puts.push({ atMs: nowMs, bytes });
    }
    for (const [first, { atMs }] of puts.entries()) {
      let bytes = 0;
      for (const put of puts.slice(first)) {
        bytes += put.bytes;
        assert.ok(bytes <= put.atMs - atMs + BURST_MS + 100 + 1e-6, `${bytes} in ${put.atMs - atMs} ms`);
      }
    }
  });
});
