import { equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { localUrl } from '../../../src/server/socket/server-url.ts';

suite('the URL by which this machine reaches the server', () => {
  const cases: readonly [host: string, url: string][] = [
    ['127.0.0.1', 'http://127.0.0.1:8080'],
    ['192.168.1.5', 'http://192.168.1.5:8080'],
    ['0.0.0.0', 'http://127.0.0.1:8080'],
    ['::', 'http://[::1]:8080'],
    ['fd00::5', 'http://[fd00::5]:8080'],
  ];
  for (const [host, url] of cases) {
    test(`is ${url} where it listens on ${host}`, () => {
      equal(localUrl({ host, port: 8080 }), url);
    });
  }
});
