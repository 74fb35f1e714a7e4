import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { manyBoards } from '../../bench/attack/many-boards.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { makeBoxes, writeSet } from '../images/image-sets.ts';
import { beforeLong } from '../until.ts';

const PAGES = 50;

/** What a page that is read shows changes so often. */
const CHANGES = 12;

/** So much the server may take besides: the process itself, and two frames of half a megabyte for each page. */
const MOST_MB = 300;

async function openPage(url: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET /status/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return socket;
}

describe('status pages that nobody reads', { skip: process.platform !== 'linux' }, () => {
  it('cost little memory with many boards, and hold up no page that is read', { timeout: 360_000 }, async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const statePath = path.join(boxes.root, 'boards.json');
    await writeFile(statePath, manyBoards());
    const env = { STATE_PATH: statePath, TRUSTED_PROXIES: '127.0.0.1' };
    await using server = await startUpdateServer({ imagePath: boxes.root, env });
    const unread = await Promise.all(Array.from({ length: PAGES - 1 }, () => openPage(server.url)));
    for (const socket of unread) socket.pause();
    const read = await openPage(server.url);
    try {
      let text = '';
      read.setEncoding('utf8').on('data', (chunk) => {
        text = (text + chunk).slice(-2_000_000);
      });
      for (let change = 0; change < CHANGES; change++) {
        const name = `change-${change}-`;
        const answer = await fetch(`${server.url}/update?name=${name}&board=pi`, {
          // a connection that is kept may be closed by the server in the moment it is used again
          headers: { 'x-forwarded-for': `198.51.100.${change}`, connection: 'close' },
        });
        await answer.bytes();
        while (!text.includes(name)) await once(read, 'data', { signal: beforeLong() });
      }
      const residentKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
      assert.ok(residentKb / 1e3 < MOST_MB, `${residentKb} kB`);
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    } finally {
      for (const socket of [read, ...unread]) socket.destroy();
    }
  });
});
