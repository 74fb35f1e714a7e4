import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HostAllowList, parseHost } from '../../../src/server/admission/hosts.ts';

describe('the Host header', () => {
  const hosts: Record<string, string | undefined> = {
    localhost: 'localhost',
    'LocalHost:8080': 'localhost',
    'lab.example.org.': 'lab.example.org',
    'lab.example.org.:80': 'lab.example.org',
    'my_board-1': 'my_board-1',
    'lab:': 'lab',
    '[::1]:': '::1',
    '192.168.1.5:80': '192.168.1.5',
    '[::1]': '::1',
    '[FE80::1]:8080': 'fe80::1',
    '[::ffff:1.2.3.4]': '::ffff:1.2.3.4',
    '[fe80::1%eth0]:8080': 'fe80::1',
    '[FE80::1%wlp2s0.100]': 'fe80::1',
  };
  for (const [header, host] of Object.entries(hosts)) {
    it(`'${header}' names ${host}`, () => assert.equal(parseHost(header), host));
  }

  for (const header of [
    '',
    ' ',
    ':80',
    '.',
    '-lab',
    'lab::',
    'lab:http',
    'lab:123456',
    'lab:-1',
    'a b',
    'user@lab',
    'lab/',
    'lab?x',
    'lab,evil.com',
    'http://lab',
    '::1',
    '[::1',
    '[]',
    '[lab]',
    '[1.2.3.4]',
    '[::1]evil.com',
    '[::1%25eth0]',
    '[2001:db8::1%eth0]',
    '[fe80::1%]',
    '[fe80::1%eth0/]',
    '[fe80::1%a b]',
    '[fe80:::1%eth0]',
    'läb',
    'lab\u0000',
    'lab\n',
  ]) {
    it(`${JSON.stringify(header)} is malformed`, () => assert.equal(parseHost(header), undefined));
  }

  it('is read without a stumble, whatever it holds, and in lower case', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const host = parseHost(header);
        assert.ok(host === undefined || (host === host.toLowerCase() && !/[\s/@,:]/.test(host)));
      }),
    );
  });
});

describe('the names that a server answers to', () => {
  const allows = (host: string, ...allowed: string[]) => new HostAllowList(allowed).allows(host);

  it('are addresses, single words, private suffixes and the name of the machine', () => {
    const names = ['127.0.0.1', '8.8.8.8', '::1', '2001:db8::1', 'localhost', 'lab', 'a.localhost', 'pi.local'];
    for (const host of [...names, 'a.b.lan', 'x.internal', 'x.home.arpa', 'x.test', hostname().toLowerCase()]) {
      assert.equal(allows(host), true, host);
    }
  });

  it('are no names that anyone could own', () => {
    const foreign = ['example.org', 'local.example.org', 'pi.locals', 'evil-local.com', 'home.arpa.com'];
    for (const host of [...foreign, '127.0.0.1.nip.io', '1.2.3', '1.2.3.4.5', '256.1.1.1', 'mylan.de']) {
      assert.equal(allows(host), false, host);
    }
  });

  it('are those allowed besides, however they are written', () => {
    assert.equal(allows('update.example.org', 'Update.Example.ORG'), true);
    assert.equal(allows('x.update.example.org', 'update.example.org'), false);
    assert.equal(allows('evil-update.example.org', 'update.example.org'), false);
  });

  for (const suffix of ['.example.org', '*.example.org', '*.Example.Org']) {
    it(`with ${suffix} are all below the domain, and not the domain or what ends alike`, () => {
      assert.equal(allows('a.example.org', suffix), true);
      assert.equal(allows('a.b.example.org', suffix), true);
      assert.equal(allows('example.org', suffix), false);
      assert.equal(allows('evilexample.org', suffix), false);
      assert.equal(allows('a.example.org.evil.com', suffix), false);
    });
  }

  it('are judged each by itself, whatever was allowed before', () => {
    const list = new HostAllowList(['update.example.org']);
    const headers = [
      'update.example.org:80',
      'update.example.org:80',
      'evil.com',
      'update.example.org:80x',
      'lab',
      'evil.com',
    ];
    const verdicts = ['allowed', 'allowed', 'foreign', 'malformed', 'allowed', 'foreign'];
    assert.deepEqual(
      headers.map((header) => list.check(header)),
      verdicts,
    );
  });

  it('are all of them with *, and none more with nothing', () => {
    assert.equal(allows('evil.com', '*'), true);
    assert.equal(allows('evil.com', ''), false);
    assert.equal(allows('evil.com', '.'), false);
  });
});
