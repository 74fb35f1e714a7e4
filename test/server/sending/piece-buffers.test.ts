import { equal, notEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BufferPool } from '../../../src/server/sending/buffer-pool.ts';
import { PieceBuffers } from '../../../src/server/sending/piece-buffers.ts';

suite('the buffers of transfers', () => {
  test('are used again when they were given back, and not before', () => {
    const pool = new BufferPool();
    const [one, other] = [new PieceBuffers(pool, () => 200), new PieceBuffers(pool, () => 200)];
    const buffer = one.take(one.room.bytes);
    notEqual(other.take(other.room.bytes), buffer);
    one.give(buffer);
    equal(other.take(other.room.bytes), buffer);
  });

  test('are given back once: what another transfer has by then stays its own', () => {
    const pool = new BufferPool();
    const [one, other] = [new PieceBuffers(pool, () => 200), new PieceBuffers(pool, () => 200)];
    const buffer = one.take(64);
    one.give(buffer);
    equal(other.take(64), buffer);
    one.give(buffer);
    one.giveAll();
    notEqual(one.take(64), buffer);
  });

  test('are smaller, and read into one at a time, where many transfers run', () => {
    let running = 1;
    const buffers = new PieceBuffers(new BufferPool(), () => running);
    equal(buffers.room.readsAhead, true);
    const { bytes } = buffers.room;
    running = 1_000;
    equal(buffers.room.readsAhead, false);
    equal(buffers.room.bytes < bytes, true);
  });
});
