import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { reachableUrls } from '../../src/cli/urls.ts';

const INTERFACES = {
  lo: [
    { address: '127.0.0.1', family: 'IPv4' },
    { address: '::1', family: 'IPv6' },
  ],
  eth0: [
    { address: '192.168.1.5', family: 'IPv4' },
    { address: 'fe80::1', family: 'IPv6' },
    { address: '2001:db8::5', family: 'IPv6' },
  ],
  gone: undefined,
} as const;

suite('a server can be reached', () => {
  for (const [address, url] of [
    ['127.0.0.1', 'http://127.0.0.1:8080'],
    ['192.168.1.5', 'http://192.168.1.5:8080'],
    ['::1', 'http://[::1]:8080'],
  ] as const) {
    test(`by the address it is bound to, ${address}`, () => {
      deepEqual(reachableUrls('http', address, 8080, INTERFACES), [url]);
    });
  }

  test('by HTTPS, where it speaks that', () => {
    deepEqual(reachableUrls('https', '::1', 443, INTERFACES), ['https://[::1]:443']);
  });

  test('by each IPv4 address of the machine when it is bound to 0.0.0.0', () => {
    deepEqual(reachableUrls('http', '0.0.0.0', 80, INTERFACES), ['http://127.0.0.1:80', 'http://192.168.1.5:80']);
  });

  test('by each address but the link-local ones when it is bound to ::', () => {
    deepEqual(reachableUrls('http', '::', 80, INTERFACES), [
      'http://127.0.0.1:80',
      'http://[::1]:80',
      'http://192.168.1.5:80',
      'http://[2001:db8::5]:80',
    ]);
  });
});
