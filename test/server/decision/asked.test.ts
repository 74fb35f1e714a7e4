import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTarget } from '../../../src/server/decision/asked.ts';

const BUILD = 'a'.repeat(64);

describe('the target of a request', () => {
  const targets: Record<string, ReturnType<typeof parseTarget>> = {
    '/update?name=b&board=c': { kind: 'update', box: 'b', board: 'c' },
    '/update?name=b&board=c&=branch=main&version=&build_id=': { kind: 'update', box: 'b', board: 'c', branch: 'main' },
    '/update?name=b&board=c&version=1.0+rc1': { kind: 'update', box: 'b', board: 'c', version: '1.0+rc1' },
    '/update?name=b&name=d&branch=&branch=x': { kind: 'update', box: 'b', branch: 'x' },
    '/update': { kind: 'update' },
    '/%75pdate?name=b': { kind: 'update', box: 'b' },
    '/update/b/i': { kind: 'update', box: 'b', image: 'i' },
    '/update/b/i/': { kind: 'update', box: 'b', image: 'i' },
    [`/update/b/i/${BUILD}`]: { kind: 'update', box: 'b', image: 'i', buildId: BUILD },
    '/update/b%2Fc/i%20j?x=y': { kind: 'update', box: 'b/c', image: 'i j' },
    [`/update/b/i/${BUILD}/`]: { kind: 'other' },
    '/update/': { kind: 'other' },
    '/update/b': { kind: 'other' },
    '/update//i': { kind: 'other' },
    '/list': { kind: 'list' },
    '/list/': { kind: 'list' },
    '/list?x': { kind: 'list' },
    '/list/a?c/%5Bd%5D': { kind: 'list', search: 'a?c/[d]' },
    '/list/100%': { kind: 'other' },
    '/identity': { kind: 'identity' },
    '/identity/': { kind: 'other' },
    '/updates': { kind: 'other' },
    '/': { kind: 'other' },
    '': { kind: 'other' },
    '*': { kind: 'other' },
  };
  for (const [target, asked] of Object.entries(targets)) {
    it(`${JSON.stringify(target)} asks for ${asked.kind}`, () => assert.deepEqual(parseTarget(target), asked));
  }
});
