import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { LAST_BYTE_WAIT_MS } from '../../src/server/limits.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const ARCHIVE = '/update/box/box-pi';

describe('a connection that a client keeps', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer(async (boxes) => {
      await makeSet(boxes, 'box', 'box-pi');
    });
  });
  after(() => server[Symbol.asyncDispose]());

  it('is promised to stay open for no time after an archive, and for five seconds after the rest', async () => {
    const promised = async (target: string) => {
      const answer = await fetch(server.url + target);
      await answer.arrayBuffer();
      return answer.headers.get('keep-alive');
    };
    assert.equal(await promised(ARCHIVE), 'timeout=0');
    assert.equal(await promised('/list'), 'timeout=5');
    assert.equal(await promised('/nothing'), 'timeout=5');
  });

  it('fails no request that comes as the server closes it', async () => {
    const askTwice = async (pauseMs: number) => {
      await (await fetch(server.url + ARCHIVE)).arrayBuffer();
      await pause(pauseMs);
      await (await fetch(`${server.url}/list`)).text();
    };
    for (let round = 0; round < 4; round++) {
      const pauses = Array.from({ length: 40 }, (_, index) => LAST_BYTE_WAIT_MS - 10 + index / 2);
      await Promise.all(pauses.map(askTwice));
    }
  });
});
