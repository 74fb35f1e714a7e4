import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LastingWrite } from '../src/lasting-write.ts';

const FULL = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

/** A write that fails as `failures` have it, one after another, and works after that. */
function writeFailing(...failures: readonly Error[]) {
  const left = [...failures];
  const told: string[] = [];
  const written: number[] = [];
  const write = new LastingWrite(
    async () => {
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      written.push(written.length);
    },
    (why) => told.push(why),
  );
  return { write, told, written };
}

suite('what is to outlive the process', () => {
  test('is written once for all that is due', async () => {
    const { write, written } = writeFailing();
    write.schedule(60_000);
    write.schedule(60_000);
    equal(await write.flush(), undefined);
    await write.flush();
    deepEqual([write.isDue, written.length], [false, 1]);
  });

  test('stays due until it is written, which is told once', async () => {
    const { write, told, written } = writeFailing(FULL, FULL);
    write.schedule(60_000);
    deepEqual([await write.flush(), await write.flush()], ['ENOSPC', 'ENOSPC']);
    deepEqual([write.isDue, told], [true, ['ENOSPC']]);
    equal(await write.flush(), undefined);
    deepEqual([write.isDue, written.length], [false, 1]);
  });

  test('is tried again by itself', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { write, written } = writeFailing(FULL);
    write.schedule(0);
    await write.flush();
    t.mock.timers.tick(10_000);
    await write.inTurn(async () => {});
    equal(written.length, 1);
  });

  test('keeps the stack of a bug for the log, and not for whoever asks', async () => {
    const { write, told } = writeFailing(new TypeError('x is not a function'));
    write.schedule(60_000);
    equal(await write.flush(), 'a bug');
    match(told.join(), /^bug: TypeError: x is not a function \| at /);
  });
});
