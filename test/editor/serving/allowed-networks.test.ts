import { equal, throws } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { allowedNetworks } from '../../../src/editor/serving/allowed-networks.ts';
import { UserError } from '../../../src/errors.ts';

suite('the networks that may ask, as settings name them,', () => {
  test('are all where none is named', () => equal(allowedNetworks([]), undefined));

  test('are those named', () => {
    const networks = allowedNetworks(['10.0.0.0/8', '::1']);
    equal(networks?.includes('10.1.2.3'), true);
    equal(networks?.includes('::1'), true);
    equal(networks?.includes('127.0.0.1'), false);
  });

  test('are an error where one is none', () => {
    const message = 'mkbox.allow: "lab" is no address or network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8';
    throws(() => allowedNetworks(['10.0.0.0/8', 'lab']), new UserError(message));
  });

  const message = 'mkbox.allow must be a list of addresses and networks, as in ["10.0.0.0/8", "fd00::/8"]';
  for (const setting of ['10.0.0.0/8', null, true, {}, [8], ['::1', null]]) {
    test(`are never all because of ${JSON.stringify(setting)}`, () => {
      throws(() => allowedNetworks(setting), new UserError(message));
    });
  }
});
