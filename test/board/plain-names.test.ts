import { deepEqual } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { plainNameHint } from '../../src/images/plain-name.ts';
import { parseTarget } from '../../src/server/decision/asked.ts';
import { requireTools } from '../tools/tools.ts';

test('a name is plain if it comes to the server as it is, from a board that asks by curl as the real ones do', async () => {
  const { curl } = requireTools('curl');
  let target: string | undefined;
  const server = createServer((request, response) => {
    target = request.url;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const letters = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
  const wrong: string[] = [];
  for (const part of [...letters, '%41', '{x}', '[1-2]']) {
    const name = `a${part}z`;
    target = undefined;
    const url = `http://127.0.0.1:${port}/update?name=${name}&board=pi&=branch=&version=&build_id=1`;
    await promisify(execFile)(curl, ['-s', url]).catch(() => {}); // it refuses some
    const asked = target === undefined ? undefined : parseTarget(target);
    const arrives = asked?.kind === 'update' && 'box' in asked && asked.box === name;
    if (arrives !== (plainNameHint(name) === undefined)) wrong.push(part);
  }
  server.close();
  deepEqual(wrong, []);
});
