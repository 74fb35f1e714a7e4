import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { systemErrorCode } from '../src/errors.ts';

/**
 * Ports that no system gives to who names none: Linux gives those from 32768 on, others those from 49152 on. Whoever is to
 * listen later finds them free, however many servers other tests start meanwhile.
 */
const [LOWEST, END] = [20_000, 32_000];

let last = randomInt(LOWEST, END);

/** A port of loopback that nobody listens on; another one at each call. */
export async function freePort(): Promise<number> {
  for (;;) {
    last = last + 1 < END ? last + 1 : LOWEST;
    const port = last;
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (systemErrorCode(error) !== 'EADDRINUSE') throw error;
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
