import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { requireTools } from '../tools/tools.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';

describe('a part of an update, or only a new one', () => {
  let server: TestServer;
  let whole: Buffer;
  let etag: string;
  before(async () => {
    server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 1_300_001));
    const { body, headers } = await server.get(TARGET);
    whole = body;
    etag = headers.etag ?? '';
  });
  after(() => server[Symbol.asyncDispose]());

  it('has a strong tag that stays while the files do, and a time', async () => {
    const { headers } = await server.get(TARGET);
    assert.match(etag, /^"[\w-]+"$/);
    assert.equal(headers.etag, etag);
    assert.equal(headers['accept-ranges'], 'bytes');
    assert.ok(Math.abs(Date.now() - Date.parse(headers['last-modified'] ?? '')) < 60_000);
  });

  it('has another tag after the same build was written again', async () => {
    await using other = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi'));
    const before = await other.get(TARGET);
    await makeSet(other.boxes, 'box', 'box-pi');
    assert.notEqual((await other.get(TARGET)).headers.etag, before.headers.etag);
  });

  it('is 304 only to who has it', async () => {
    for (const tags of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
      const { status, body } = await server.get(TARGET, { 'if-none-match': tags });
      assert.equal(status, 304, tags);
      assert.equal(body.length, 0);
    }
    assert.equal((await server.get(TARGET, { 'if-none-match': '"other"' })).status, 200);
    assert.equal((await server.get(TARGET, { 'if-modified-since': new Date().toUTCString() })).status, 200);
  });

  it('is 412 where another is insisted on', async () => {
    assert.equal((await server.get(TARGET, { 'if-match': '"other"' })).status, 412);
    assert.equal((await server.get(TARGET, { 'if-match': `W/${etag}` })).status, 412);
    assert.equal((await server.get(TARGET, { 'if-match': etag })).status, 200);
  });

  it('is the part between two bytes, after one, or before the end', async () => {
    const cases = {
      'bytes=0-0': [0, 0],
      'bytes=512-1000': [512, 1000],
      'bytes=1000-': [1000, whole.length - 1],
      'bytes=-10': [whole.length - 10, whole.length - 1],
      'bytes=5-99999999999': [5, whole.length - 1],
      'bytes=-99999999999': [0, whole.length - 1],
    };
    for (const [range, [start = 0, end = 0]] of Object.entries(cases)) {
      const { status, headers, body } = await server.get(TARGET, { range });
      assert.equal(status, 206, range);
      assert.equal(headers['content-range'], `bytes ${start}-${end}/${whole.length}`);
      assert.ok(body.equals(whole.subarray(start, end + 1)), range);
    }
  });

  it('is 416 beyond the end, with the length', async () => {
    for (const range of [`bytes=${whole.length}-`, 'bytes=99999999999-', 'bytes=-0']) {
      const { status, headers } = await server.get(TARGET, { range });
      assert.equal(status, 416, range);
      assert.equal(headers['content-range'], `bytes */${whole.length}`);
    }
  });

  it('is the whole for several ranges, malformed ones, and other units', async () => {
    for (const range of ['bytes=0-1,5-6', 'bytes=a-b', 'bytes=-', 'lines=0-1', 'bytes 0-1']) {
      const { status, body } = await server.get(TARGET, { range });
      assert.equal(status, 200, range);
      assert.equal(body.length, whole.length);
    }
  });

  it('is a part only if it is still the same, where that is asked', async () => {
    const range = 'bytes=0-9';
    assert.equal((await server.get(TARGET, { range, 'if-range': etag })).status, 206);
    for (const other of ['"other"', `W/${etag}`, new Date().toUTCString()]) {
      assert.equal((await server.get(TARGET, { range, 'if-range': other })).status, 200, other);
    }
  });

  it('is that slice of the whole, whichever it is', async () => {
    const edges = fc.constantFrom(0, 511, 512, 1_300_512, 1_300_513, 1_300_992, 1_301_504, whole.length - 1);
    const position = fc.oneof(edges, fc.nat(whole.length - 1));
    await fc.assert(
      fc.asyncProperty(position, position, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const { body } = await server.get(TARGET, { range: `bytes=${start}-${end}` });
        return body.equals(whole.subarray(start, end + 1));
      }),
      { numRuns: 150 },
    );
  });

  it('lets curl resume an interrupted download to identical bytes', async () => {
    const { curl } = requireTools('curl');
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-resume-'));
    try {
      const file = path.join(folder, 'update.tar');
      for (const have of [1, 512, 700_000, whole.length - 1]) {
        await writeFile(file, whole.subarray(0, have));
        const [status] = await once(spawn(curl, ['-s', '-C', '-', '-o', file, server.url + TARGET]), 'exit');
        assert.equal(status, 0);
        assert.ok((await readFile(file)).equals(whole), `from ${have}`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
