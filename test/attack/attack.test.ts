import { deepEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { attack } from '../../bench/attack/attack.ts';
import { LOADS } from '../../bench/attack/loads.ts';

/** `npm run bench:attack` goes on for longer, and measures how fast answers come. */
const SECONDS = 30;

suite('attacks of all kinds at once', { skip: process.platform !== 'linux' }, () => {
  test('keep no board from its update, and the server well', { timeout: 240_000 }, async () => {
    const { faults, ...report } = await attack({ seconds: SECONDS });
    deepEqual(faults, [], JSON.stringify(report));
  });
});

suite('an attacker', () => {
  for (const [name, load] of Object.entries(LOADS)) {
    test(`ends when it is to, also where all that it gets is the end of its connection: ${name}`, async () => {
      const server = createServer(
        { allowHalfOpen: true },
        (socket) =>
          void socket
            .on('error', () => {})
            .resume()
            .end(),
      );
      await once(server.listen(0, '127.0.0.1').unref(), 'listening'); // one that waits on ends the test
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      let isOver = false;
      const attacking = load({ port, sound: '/sound', bad: ['/bad'] }, () => isOver);
      await sleep(200);
      isOver = true;
      deepEqual(await attacking, []);
      server.close();
    });
  }
});
