import { equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readMemory, sharedReadMemory } from '../../src/images/read-memory.ts';

const BYTES = 1024 * 1024;

suite('memory to read files into', () => {
  test('is as large as was asked for', () => {
    for (const bytes of [0, 1, 4096, BYTES]) {
      equal(readMemory(bytes).length, bytes);
      equal(sharedReadMemory(bytes).length, bytes);
    }
  });

  test('does not begin where glibc begins large pieces: AMD processors copy slowly from a page to there', () => {
    for (const memory of [readMemory(BYTES), sharedReadMemory(BYTES)]) equal(memory.byteOffset % 4096 >= 32, true);
  });

  test('is seen by all threads where it is shared', () => {
    equal(sharedReadMemory(BYTES).buffer instanceof SharedArrayBuffer, true);
  });
});
