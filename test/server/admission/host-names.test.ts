import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readHostName } from '../../../src/server/admission/host-names.ts';
import { makeSet, startServer } from '../harness.ts';

describe('a name that a server is to go by', () => {
  const names: Record<string, string> = {
    'update.example.org': 'update.example.org',
    'Update.Example.ORG': 'update.example.org',
    'update.example.org:5555': 'update.example.org',
    'update.example.org.': 'update.example.org',
    'update.example.org.:5555': 'update.example.org',
    'https://update.example.org': 'update.example.org',
    'http://board:secret@update.example.org:5555/update?x': 'update.example.org',
    'update.example.org/': 'update.example.org',
    '.example.org': '.example.org',
    '*.example.org.:80': '.example.org',
    'https://*.example.org/': '.example.org',
    'prüf.example.org': 'xn--prf-ioa.example.org',
    '*.prüf.example.org:80': '.xn--prf-ioa.example.org',
    '*': '*',
    '::1': '::1',
    '[FE80::1]:80': 'fe80::1',
    my_board: 'my_board',
  };
  for (const [entry, name] of Object.entries(names)) {
    it(`is ${name}, written as ${entry}`, () => assert.equal(readHostName(entry), name));
  }

  for (const entry of ['', '.', '*.', '**', 'a.*.org', '-x', 'a b', 'http://', ':80', 'a:b', '[::1', 'a:123456']) {
    it(`is not ${JSON.stringify(entry)}`, () => {
      assert.throws(() => readHostName(entry), { name: 'UserError', message: /^".*" is no name; write / });
    });
  }

  it('is told of without the password in it', () => {
    assert.throws(() => readHostName('http://board:secret@a b'), {
      message: /^"http:\/\/board:\*\*\*@a b" is no name/,
    });
  });

  it('is read the same again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.domain(), fc.string()), (entry) => {
        let name: string;
        try {
          name = readHostName(entry);
        } catch {
          return;
        }
        assert.equal(readHostName(name), name);
      }),
    );
  });

  for (const entry of ['update.example.org:5555', 'https://update.example.org', 'update.example.org.']) {
    it(`is what boards call the server by, written as ${entry}`, async () => {
      const options = { allowedHosts: [readHostName(entry)] };
      await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi'), options);
      for (const host of ['update.example.org:8080', 'UPDATE.example.org.']) {
        assert.equal((await server.get('/list', { host })).status, 200);
      }
      assert.equal((await server.get('/list', { host: 'other.example.org' })).status, 403);
    });
  }
});
