import { equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32c, crc32cOfNumber, crc32cOfZeros, FIRST_SEED } from '../../../src/contents/ext4/crc32c.ts';

describe('CRC-32C', () => {
  test('has the check value of its polynomial', () => {
    equal(~crc32c(FIRST_SEED, Buffer.from('123456789')) >>> 0, 0xe3069283);
  });

  test('is the same in one piece and in any two', () => {
    const bytes = Buffer.from(Array.from({ length: 40 }, (_, at) => (at * 151) & 0xff));
    const whole = crc32c(FIRST_SEED, bytes);
    for (let at = 0; at <= bytes.length; at++) equal(crc32c(crc32c(FIRST_SEED, bytes, 0, at), bytes, at), whole);
  });

  test('is the same over zeros however it is computed', () => {
    for (const count of [0, 1, 2, 3, 255, 4084, 65_535]) {
      equal(crc32cOfZeros(0xdeadbeef, count), crc32c(0xdeadbeef, Buffer.alloc(count)));
    }
  });

  test("of a number is that of the number's bytes", () => {
    for (const value of [0, 1, 0x12345678, 0xffffffff]) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      equal(crc32cOfNumber(0xdeadbeef, value), crc32c(0xdeadbeef, bytes));
    }
  });
});
