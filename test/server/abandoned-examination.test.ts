/** Not through nginx, which closes its connection in an orderly way when its client is gone: that looks like a half-closed one. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { makeSet, startServer } from './harness.ts';

const IMPATIENT = { verdictWaitMs: 0 };

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('an image that takes long to be examined', () => {
  it('is not examined any further when all who asked have left', { timeout: 60_000 }, async () => {
    const zeros = zstdCompressSync(Buffer.alloc(2 ** 26));
    const slow = Buffer.concat(Array.from({ length: 60 }, () => zeros)); // 4 GB take some seconds, 360 kB of them a moment
    await using server = await startServer(async (boxes) => {
      await makeSet(boxes, 'box', 'box-small');
      await makeSet(boxes, 'box', 'box-slow');
      await writeFile(path.join(boxes, 'box', 'box-slow.img.zst'), slow);
      await writeFile(path.join(boxes, 'box', 'box-slow.img.sha256'), `${sha256(slow)}  box-slow.img.zst\n`);
    }, IMPATIENT);
    let examined = 0;
    server.checks.events.on('examined', () => examined++);
    const ended = server.ended();
    const client = await server.connect();
    client.write('GET /update/box/box-slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(client, 'data');
    client.resetAndDestroy(); // one that only closes its half may be reading on
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
    // a box has one file examined at a time: this one's turn comes when the other's is over
    assert.equal((await server.get('/update/box/box-small')).status, 200);
    assert.equal(examined, 1);
  });
});
