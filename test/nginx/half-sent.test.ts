import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { IMPATIENT, makeSet, noise, startServer, type TestServer } from '../server/harness.ts';
import { requireTools } from '../tools/tools.ts';
import { CERTIFICATE_FILE, type Nginx, startEdge, startFront } from './nginx.ts';

const TARGET = '/update?name=box&board=pi&=branch=main&version=';
const IMAGE_BYTES = 30_000_000;

/** An edge would have the image before it can be disturbed. */
const SLOWLY = { 'proxy_cache mkbox;': 'proxy_cache mkbox; proxy_limit_rate 20m;' };

interface Way {
  readonly start: (originPort: number) => Promise<Nginx>;
  readonly address: 'url' | 'tlsUrl';
}

/** Every way in which nginx can stand in between. */
const WAYS: Readonly<Record<string, Way>> = {
  'a front': { start: (port) => startFront(port), address: 'url' },
  'a front, over TLS': { start: (port) => startFront(port), address: 'tlsUrl' },
  'a front that buffers': {
    start: (port) =>
      startFront(port, {
        'proxy_buffering off': 'proxy_buffering on',
        'proxy_pass_header X': 'proxy_ignore_headers X',
      }),
    address: 'url',
  },
  'an edge': { start: (port) => startEdge(port, SLOWLY), address: 'url' },
  'an edge, over TLS': { start: (port) => startEdge(port, SLOWLY), address: 'tlsUrl' },
};

/** What curl, as boards run it, makes of the update: its exit status, the bytes and their digest. */
async function curl(url: string, onFirst = async () => {}): Promise<{ exit: number; bytes: number; sha256: string }> {
  const child = spawn(requireTools('curl').curl, [
    '-s',
    '--cacert',
    CERTIFICATE_FILE,
    '--limit-rate',
    '15M',
    url + TARGET,
  ]);
  const hash = createHash('sha256');
  let bytes = 0;
  let disturbed: Promise<void> | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    disturbed ??= onFirst();
    hash.update(chunk);
    bytes += chunk.length;
  });
  const [exit] = await once(child, 'close');
  await disturbed;
  return { exit, bytes, sha256: hash.digest('hex') };
}

async function whatTheServerGives(server: TestServer): Promise<string> {
  return createHash('sha256')
    .update((await server.get(TARGET)).body)
    .digest('hex');
}

const DISTURBANCES: Readonly<Record<string, (zst: string) => Promise<void>>> = {
  'cut short': (zst) => truncate(zst, 27_000_000),
  'overwritten in place': async (zst) => {
    await using file = await open(zst, 'r+');
    await file.write(Buffer.alloc(1000), 0, 1000, 29_000_000);
  },
};

// They wait most of their time, for a slow line.
describe('a half-sent image', { concurrency: 3 }, () => {
  for (const [what, { start, address }] of Object.entries(WAYS)) {
    describe(`through ${what}`, () => {
      for (const [how, disturb] of Object.entries(DISTURBANCES)) {
        it(`an image that is ${how} while it is sent is seen to have failed, and is not given again`, async () => {
          await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi-main', IMAGE_BYTES));
          await using nginx = await start(server.server.address.port);
          const zst = path.join(server.boxes, 'box', 'box-pi-main.img.zst');
          const { headers } = await server.get(TARGET, {}, 'HEAD');
          const cut = await curl(nginx[address], () => disturb(zst));
          assert.ok([18, 56].includes(cut.exit), `curl exits with ${cut.exit}`);
          // the server looks at the file once more before the last piece, whose length depends on the line
          assert.ok(cut.bytes < Number(headers['content-length']), `${cut.bytes} of ${headers['content-length']}`);
          await makeSet(server.boxes, 'box', 'box-pi-main', noise(300_000).reverse(), 2);
          const { exit, sha256 } = await curl(nginx[address]);
          assert.deepEqual([exit, sha256], [0, await whatTheServerGives(server)]);
        });
      }

      it('an image that turns out to be wrong is broken off or refused each time, and given whole when it is put right', async () => {
        const makeWrong = async (boxes: string) => {
          await makeSet(boxes, 'box', 'box-pi-main', 3_000_000);
          await writeFile(
            path.join(boxes, 'box', 'box-pi-main.img.sha256'),
            `${'0'.repeat(64)}  box-pi-main.img.zst\n`,
          );
        };
        await using server = await startServer(makeWrong, IMPATIENT);
        await using nginx = await start(server.server.address.port);
        for (const time of ['first', 'second']) {
          const { exit, bytes } = await curl(nginx[address]);
          // What the question of an edge began to examine may be known to be wrong before the archive is asked for.
          const isBrokenOff = [18, 56].includes(exit) && bytes < 3_000_000;
          const isRefused = exit === 0 && bytes < 1000;
          assert.ok(isBrokenOff || isRefused, `${time}: curl exits with ${exit}, after ${bytes} bytes`);
        }
        await makeSet(server.boxes, 'box', 'box-pi-main', 3_000_000);
        const { exit, sha256 } = await curl(nginx[address]);
        assert.deepEqual([exit, sha256], [0, await whatTheServerGives(server)]);
      });
    });
  }
});
