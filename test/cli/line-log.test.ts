import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { suite, test } from 'node:test';
import { LineLog } from '../../src/cli/line-log.ts';

/** Where a log is written, with each write by itself. */
function collect() {
  const writes: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.toString());
      done();
    },
  });
  return { output, writes };
}

suite('a log of lines', () => {
  test('puts the time before each line, in UTC', () => {
    const { output, writes } = collect();
    const log = new LineLog(output);
    log.write('serving');
    log.flush();
    match(writes.join(''), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z serving\n$/);
  });

  test('writes lines that come together at once, in their order, and soon', async () => {
    const output = new PassThrough();
    const log = new LineLog(output);
    for (const line of ['one', 'two', 'three']) log.write(line);
    equal(output.readableLength, 0);
    const [chunk] = await once(output, 'data');
    const lines = String(chunk).trimEnd().split('\n');
    deepEqual(
      lines.map((line) => line.split(' ')[1]),
      ['one', 'two', 'three'],
    );
  });

  test('writes what is pending when it is flushed, once', async () => {
    const { output, writes } = collect();
    const log = new LineLog(output);
    log.write('one');
    log.flush();
    log.flush();
    log.write('two');
    log.flush();
    equal(writes.length, 2);
  });

  test('goes on when nobody reads it any more', async () => {
    const output = new PassThrough();
    const log = new LineLog(output);
    output.destroy(new Error('EPIPE'));
    log.write('one');
    log.flush();
    await new Promise((resolve) => output.once('close', resolve));
    log.write('two');
    log.flush();
  });
});
