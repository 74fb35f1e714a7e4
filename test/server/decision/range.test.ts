import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Conditions, type Selection, selectBytes } from '../../../src/server/decision/range.ts';

const TAG = '"abc-_1"';
const LENGTH = 1000;
const select = (conditions: Conditions, length = LENGTH) => selectBytes(conditions, TAG, length);
const part = (start: number, end: number): Selection => ({ status: 206, range: { start, end } });

describe('the choice of bytes', () => {
  it('is all of them without conditions', () => {
    assert.deepEqual(select({}), { status: 200 });
  });

  const ranges: Record<string, Selection> = {
    'bytes=0-': part(0, 999),
    'bytes=0-0': part(0, 0),
    'bytes=999-999': part(999, 999),
    'bytes=998-1000': part(998, 999),
    'bytes=007-0009': part(7, 9),
    'BYTES=1-2': part(1, 2),
    'bytes= 1-2 ': part(1, 2),
    'bytes=-1': part(999, 999),
    'bytes=-1000': part(0, 999),
    'bytes=-1001': part(0, 999),
    'bytes=5-99999999999999999999999999': part(5, 999),
    'bytes=-99999999999999999999999999': part(0, 999),
    'bytes=1000-': { status: 416 },
    'bytes=1000-1000': { status: 416 },
    'bytes=99999999999999999999999999-': { status: 416 },
    'bytes=-0': { status: 416 },
    'bytes=-': { status: 200 },
    'bytes=': { status: 200 },
    'bytes=2-1': { status: 200 },
    'bytes=1000-999': { status: 200 },
    'bytes=0-1,3-4': { status: 200 },
    'bytes=0-1,': { status: 200 },
    'bytes=--1': { status: 200 },
    'bytes=+1-2': { status: 200 },
    'bytes=1.5-2': { status: 200 },
    'bytes=0x1-0x2': { status: 200 },
    'bytes=1 -2': { status: 200 },
    'bytes=١-٢': { status: 200 },
    bytes: { status: 200 },
    '': { status: 200 },
    'items=0-1': { status: 200 },
    ' bytes=0-1': { status: 200 },
  };
  for (const [range, expected] of Object.entries(ranges)) {
    it(`for '${range}' is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(select({ range }), expected);
    });
  }

  it('of nothing at all can be satisfied by no range', () => {
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) assert.deepEqual(select({ range }, 0), { status: 416 });
  });

  it('always lies within the whole, whatever is written in the header', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.bigInt({ min: 0n, max: 1n << 80n }), fc.nat(2 * LENGTH)).map(([a, b]) => `bytes=${a}-${b}`),
      fc.tuple(fc.nat(2 * LENGTH), fc.nat(2 * LENGTH)).map(([a, b]) => `bytes=${a}-${b}`),
      fc.stringMatching(/^bytes=[-0-9, \t]{0,12}$/),
    );
    fc.assert(
      fc.property(header, fc.nat(2 * LENGTH), (range, length) => {
        const selection = select({ range }, length);
        if (selection.status !== 206) return;
        const { start, end } = selection.range;
        assert.ok(Number.isSafeInteger(start) && Number.isSafeInteger(end));
        assert.ok(0 <= start && start <= end && end < length);
      }),
    );
  });

  it('looks at If-Match first, then at If-None-Match, and at the range last', () => {
    const range = 'bytes=0-1';
    assert.deepEqual(select({ ifMatch: '"x"', ifNoneMatch: TAG, range }), { status: 412 });
    assert.deepEqual(select({ ifMatch: TAG, ifNoneMatch: TAG, range }), { status: 304 });
    assert.deepEqual(select({ ifMatch: TAG, ifNoneMatch: '"x"', range }), part(0, 1));
    assert.deepEqual(select({ ifNoneMatch: TAG, range: 'bytes=5000-' }), { status: 304 });
    assert.deepEqual(select({ ifMatch: '"x"', range: 'bytes=5000-' }), { status: 412 });
  });

  it('compares If-Match strongly and If-None-Match weakly', () => {
    assert.deepEqual(select({ ifMatch: `W/${TAG}` }), { status: 412 });
    assert.deepEqual(select({ ifNoneMatch: `W/${TAG}` }), { status: 304 });
  });

  it('reads lists of tags, also where one holds a comma', () => {
    for (const list of [TAG, `"x",${TAG}`, `"x" , "y,z",\t${TAG}`, `W/"x", ${TAG}`, '*', ' * ', `"", ${TAG}`]) {
      assert.deepEqual(select({ ifMatch: list }), { status: 200 }, list);
      assert.deepEqual(select({ ifNoneMatch: list }), { status: 304 }, list);
    }
    for (const list of ['"x"', '""', 'abc-_1', '"abc-_1', '"ABC-_1"', '', '"abc"']) {
      assert.deepEqual(select({ ifMatch: list }), { status: 412 }, list);
      assert.deepEqual(select({ ifNoneMatch: list }), { status: 200 }, list);
    }
  });

  it('keeps to the range only where If-Range names the very tag', () => {
    const range = 'bytes=1-2';
    assert.deepEqual(select({ range, ifRange: TAG }), part(1, 2));
    for (const ifRange of [`W/${TAG}`, '"x"', `${TAG}, "x"`, '*', '', 'Tue, 14 Nov 2023 22:13:20 GMT']) {
      assert.deepEqual(select({ range, ifRange }), { status: 200 }, ifRange);
    }
    assert.deepEqual(select({ range: 'bytes=5000-', ifRange: '"x"' }), { status: 200 });
  });
});
