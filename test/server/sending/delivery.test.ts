import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { SMALLEST_SENT_BYTES } from '../../../src/server/limits.ts';
import { Delivery, type DeliveryEnd, type Received } from '../../../src/server/sending/delivery.ts';

const KEY = 'local remote';
const TIMEOUT_MS = 60_000;

/** A delivery whose network took so much, and what became of it. */
function delivery(takenBytes: number) {
  const told: { last: Received | undefined; end: DeliveryEnd | undefined } = { last: undefined, end: undefined };
  const begunMs = performance.now();
  let endBytes = 0;
  const one = new Delivery(
    KEY,
    TIMEOUT_MS,
    (received) => {
      told.last = received;
    },
    () => {},
    () => endBytes,
  );
  void one.ended.then((end) => {
    told.end = end;
  });
  one.took(takenBytes);
  return {
    one,
    begunMs,
    told,
    /** A tick so many seconds after the beginning. */
    tick: (seconds: number) => one.tick(begunMs + seconds * 1000),
    /** A look that found so much in the queue; nothing where there is no such connection; undefined where it can't be told. */
    look(seconds: number, queued: number | 'none' | undefined, isFull = false) {
      const queues =
        queued === undefined ? undefined : new Map(queued === 'none' ? [] : [[KEY, { bytes: queued, isFull }]]);
      one.look()(queues, begunMs + seconds * 1000);
    },
    /** Records that the connection was ended, which puts so many bytes on the line. */
    endWith(bytes: number) {
      endBytes = bytes;
    },
    async end() {
      await turn();
      return told.end;
    },
  };
}

describe('a delivery whose queue can be seen', () => {
  it('has come as far as the client was seen to acknowledge, and never goes back', () => {
    const { told, look } = delivery(3_000_000);
    assert.equal(told.last?.bytes, 0);
    look(1, 2_500_000);
    assert.equal(told.last?.bytes, 500_000);
    look(2, 2_700_000); // the network took some of a piece of which we are not told yet
    assert.equal(told.last?.bytes, 500_000);
    look(3, 2_400_000);
    assert.equal(told.last?.bytes, 600_000);
  });

  it('is sent pieces of what its client takes in a part of a tick', () => {
    const { one, tick } = delivery(4_000_000);
    assert.equal(one.mostPieceBytes, Number.POSITIVE_INFINITY);
    tick(0.25);
    assert.equal(one.mostPieceBytes, 1_000_000);
    tick(0.5);
    assert.equal(one.mostPieceBytes, SMALLEST_SENT_BYTES);
  });

  it('comes further between two looks while the network takes much', () => {
    const { one, told, look, tick } = delivery(3_000_000);
    look(1, 2_500_000);
    one.took(5_000_000);
    assert.equal(told.last?.bytes, 5_500_000);
    tick(2);
    one.took(1_000);
    tick(3);
    one.took(1_000); // little: what the network holds may have grown by it
    assert.equal(told.last?.bytes, 5_501_000);
    look(4, 3_000_000);
    assert.equal(told.last?.bytes, 5_501_000);
  });

  it('has not come further by what the network took after a look that came before the first byte', () => {
    const { one, told, look, tick } = delivery(0);
    tick(0.25);
    look(0.25, 0); // the disk is slow
    one.took(2_000_000);
    tick(0.5); // among thousands, the next look is seconds away
    one.took(500_000);
    assert.equal(told.last?.bytes, 0);
    look(3, 2_400_000);
    assert.equal(told.last?.bytes, 100_000);
  });

  it('ends with what the network took since the last look, too', () => {
    const { one, told, look } = delivery(3_000_000);
    look(1, 500_000);
    one.took(4_000_000);
    one.close();
    assert.equal(told.last?.bytes, 6_500_000);
  });

  it('is stalled after a minute without any change, which is told after five seconds', async () => {
    const { told, look, end } = delivery(3_000_000);
    look(1, 2_500_000);
    look(5, 2_500_000);
    assert.equal(told.last?.stalledSinceMs, undefined);
    look(6.1, 2_500_000);
    assert.notEqual(told.last?.stalledSinceMs, undefined);
    look(50, 2_400_000);
    assert.equal(told.last?.stalledSinceMs, undefined);
    look(109, 2_400_000);
    assert.equal(await end(), undefined);
    look(110.1, 2_400_000);
    assert.equal(await end(), 'stalled');
  });

  it('is not stalled for as long as the slowest client needs for what it took, if that still answers', async () => {
    const { look, end } = delivery(3_000_000);
    look(1, 2_000_000, true); // it took a megabyte, which is 50 s
    look(1 + 109, 2_000_000, true);
    assert.equal(await end(), undefined);
    look(1 + 110.1, 2_000_000, true);
    assert.equal(await end(), 'stalled');
  });

  it('is stalled a minute after its client answered for the last time', async () => {
    const { look, end } = delivery(3_000_000);
    look(1, 2_000_000, true);
    look(20, 2_000_000, true);
    for (const seconds of [40, 60, 79]) look(seconds, 2_000_000, false);
    assert.equal(await end(), undefined);
    look(80.1, 2_000_000, false);
    assert.equal(await end(), 'stalled');
  });

  it('is not stalled while nothing is in the queue: it is us who keep the client waiting', async () => {
    const { look, end } = delivery(1_000);
    for (let seconds = 0; seconds < 600; seconds += 10) look(seconds, 0);
    assert.equal(await end(), undefined);
  });

  it('is acknowledged when it is complete and the queue is empty', async () => {
    const { one, look, end } = delivery(1_000);
    look(1, 0);
    assert.equal(await end(), undefined);
    one.complete();
    look(2, 0);
    assert.equal(await end(), 'acknowledged');
  });

  it('is acknowledged when nothing but the end of its connection is in the queue', async () => {
    const { one, look, end, endWith } = delivery(1_000);
    one.complete();
    endWith(24);
    look(1, 25);
    assert.equal(one.isAcknowledged, false);
    assert.equal(await end(), undefined);
    look(2, 24);
    assert.equal(one.isAcknowledged, true);
    assert.equal(await end(), 'acknowledged');
  });

  it('is gone when its connection is missed twice in turn', async () => {
    const { look, end } = delivery(1_000_000);
    look(1, 1_000);
    look(2, 'none');
    look(3, 1_000);
    look(4, 'none');
    assert.equal(await end(), undefined);
    look(5, 'none');
    assert.equal(await end(), 'gone');
  });
});

describe('a delivery whose queue cannot be seen', () => {
  const times = (until: number) => Array.from({ length: until }, (_, index) => index + 1);

  it('is stalled only after the time that the slowest client needs for what the system may hold', async () => {
    const { told, tick, look, end } = delivery(2_000_000);
    look(1, undefined);
    for (const seconds of times(159)) tick(seconds);
    assert.equal(told.last?.bytes, 2_000_000);
    assert.notEqual(told.last.stalledSinceMs, undefined);
    assert.equal(await end(), undefined);
    tick(163);
    assert.equal(await end(), 'stalled');
  });

  it('is stalled sooner when its rate is known to be higher', async () => {
    const { one, begunMs, tick, end } = delivery(2_000_000);
    tick(1);
    for (const seconds of times(40)) {
      one.took(500_000, begunMs + (1 + seconds) * 1000);
      tick(1 + seconds);
    }
    tick(41 + 60);
    assert.equal(await end(), undefined);
    tick(41 + 60 + 45);
    assert.equal(await end(), 'stalled');
  });

  it('is not stalled while we keep the client waiting', async () => {
    const { one, tick, end } = delivery(1_000);
    one.rest(true);
    for (const seconds of times(600)) tick(seconds);
    one.rest(false);
    tick(601);
    assert.equal(await end(), undefined);
  });

  it('ends with the server that can wait no longer', async () => {
    const { one, end } = delivery(1_000);
    one.giveUp();
    assert.equal(await end(), 'gone');
  });
});
