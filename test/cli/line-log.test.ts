import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { suite, test } from 'node:test';
import { LineLog } from '../../src/cli/line-log.ts';
import { type LogOutput, streamOutput } from '../../src/cli/log-output.ts';

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

/** An output that takes so many bytes at a time, and none while it is shut. */
function slowOutput(bytesAtATime: number) {
  const chunks: Buffer[] = [];
  let isShut = false;
  const output: LogOutput = {
    isBusy: false,
    write(bytes, onRoom) {
      const taken = isShut ? Buffer.alloc(0) : Buffer.from(bytes.subarray(0, bytesAtATime));
      chunks.push(taken);
      if (taken.length < bytes.length && !isShut) setImmediate(onRoom);
      return taken.length;
    },
  };
  return {
    output,
    text: () => Buffer.concat(chunks).toString(),
    open: () => {
      isShut = false;
    },
    shut: () => {
      isShut = true;
    },
  };
}

suite('a log of lines', () => {
  test('puts the time before each line, in UTC', () => {
    const { output, writes } = collect();
    const log = new LineLog(streamOutput(output));
    log.write('serving');
    log.flush();
    match(writes.join(''), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z serving\n$/);
  });

  test('writes lines that come together at once, in their order, and soon', async () => {
    const output = new PassThrough();
    const log = new LineLog(streamOutput(output));
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
    const log = new LineLog(streamOutput(output));
    log.write('one');
    log.flush();
    log.flush();
    log.write('two');
    await log.close();
    equal(writes.length, 2);
  });

  test('goes on when nobody reads it any more', async () => {
    const output = new PassThrough();
    const log = new LineLog(streamOutput(output));
    output.destroy(new Error('EPIPE'));
    log.write('one');
    log.flush();
    await new Promise((resolve) => output.once('close', resolve));
    log.write('two');
    log.flush();
  });

  test('takes an output that takes little at a time, and loses nothing', async () => {
    const { output, text } = slowOutput(5_000);
    const log = new LineLog(output);
    const lines = Array.from({ length: 2_000 }, (_, at) => `line ${at} ${'x'.repeat(at % 300)}`);
    for (const line of lines) log.write(line);
    log.write('y'.repeat(100_000));
    await log.close();
    const written = text().trimEnd().split('\n');
    const expected = [...lines, 'y'.repeat(100_000)];
    equal(written.length, expected.length);
    written.forEach((line, at) => {
      ok(line.slice(25) === expected[at], `line ${at}`);
    });
  });

  test('drops what an output that takes nothing has no room for, and says so when it takes some', async () => {
    const { output, text, open, shut } = slowOutput(1_000_000);
    const log = new LineLog(output);
    shut();
    for (let line = 0; line < 20_000; line++) log.write('x'.repeat(200));
    log.flush();
    equal(text(), '');
    open();
    log.flush();
    await log.close();
    const lines = text().trimEnd().split('\n');
    const kept = lines.length - 1;
    ok(kept > 1_000 && kept < 6_000, `${kept}`);
    match(lines.at(-1) ?? '', new RegExp(`Z ${20_000 - kept} lines of this log dropped: `));
    log.write('again');
    await log.close();
    match(text(), / again\n$/);
  });

  test('waits for nobody at its end', async () => {
    const { output, shut } = slowOutput(1);
    const log = new LineLog(output);
    shut();
    log.write('one');
    const begin = performance.now();
    await log.close();
    ok(performance.now() - begin < 5_000);
  });
});
