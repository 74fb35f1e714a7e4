import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { Networks } from '../../../src/server/admission/networks.ts';

describe('a set of networks', () => {
  const some = new Networks(['10.0.0.7', '192.168.0.0/16', 'fd00::/8', '2001:db8::1']);

  for (const address of [
    '10.0.0.7',
    '::ffff:10.0.0.7',
    '192.168.255.1',
    '::FFFF:192.168.0.1',
    'fd12::1',
    'fd12::1%eth0',
    '2001:db8:0::1',
  ]) {
    it(`has ${address} in it`, () => assert.equal(some.includes(address), true));
  }
  for (const address of ['10.0.0.8', '193.168.0.1', 'fe80::1', '2001:db8::2', 'unknown', '']) {
    it(`has ${JSON.stringify(address)} not in it`, () => assert.equal(some.includes(address), false));
  }

  it('has nothing in it when it is empty, and everything where that is said', () => {
    assert.equal(new Networks([]).includes('127.0.0.1'), false);
    assert.equal(new Networks(['0.0.0.0/0']).includes('8.8.8.8'), true);
    assert.equal(new Networks(['::/0']).includes('2001:db8::1'), true);
  });

  for (const entry of ['host', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', '10.0.0', '10.0.0.0/-1', '']) {
    it(`says what is wrong with ${JSON.stringify(entry)}`, () =>
      assert.throws(
        () => new Networks([entry]),
        new UserError(`${JSON.stringify(entry)} is no address or network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8`),
      ));
  }
});
