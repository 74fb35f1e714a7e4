import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a load is put on: the server's port, and the images that lie there for it. */
export interface Site {
  readonly port: number;
  /** The path of a sound image of some megabytes. */
  readonly sound: string;
  /** Paths of images that take long to be found bad. */
  readonly bad: readonly string[];
}

/** Goes on until `isOver`. Answers what it found wrong with the server's answers. */
export type Load = (site: Site, isOver: () => boolean) => Promise<string[]>;

/** Attackers have addresses of their own; none is a proxy that is believed. */
const ATTACKER = '127.0.0.66';
const PROXY = '127.0.0.1';

/** Each of these at once, all of them together. */
export const LOADS: Readonly<Record<string, Load>> = {
  searches: (site, isOver) =>
    inParallel(8, isOver, async (round) => {
      const brackets = Array.from({ length: 255 }, (_, at) => ((at + round) % 37 === 0 ? `${round % 10}` : '%5B'));
      await ask(site, `/list/${brackets.join('')}`);
    }),
  'names that are near none': (site, isOver) =>
    inParallel(8, isOver, (round) => ask(site, `/update/box/${`${round}-nearest-`.repeat(20).slice(0, 170)}`)),
  'status pages that are not read': (site, isOver) => held(site, 50, isOver, get('/status/events')),
  'downloads that are not read': (site, isOver) => held(site, 50, isOver, get(site.sound)),
  'heads that drip': (site, isOver) => held(site, 100, isOver, 'GET /list HTTP/1.1\r\nHost: localhost\r\n', 'X: y\r\n'),
  'connections that say nothing': (site, isOver) => held(site, 200, isOver, ''),
  'clients that close their half': (site, isOver) =>
    inParallel(4, isOver, async () => {
      const socket = await open(site);
      socket.end(get('/list'));
      socket.resume();
      await gone(socket);
    }),
  'clients that reset': (site, isOver) =>
    inParallel(4, isOver, async () => {
      const socket = await open(site);
      socket.write(get(site.sound));
      await Promise.race([once(socket, 'data').catch(() => {}), ended(socket)]);
      socket.resetAndDestroy();
    }),
  'bad images, asked for and left': (site, isOver) =>
    inParallel(site.bad.length, isOver, async (round) => {
      const socket = await open(site);
      socket.write(get(site.bad[round % site.bad.length] ?? ''));
      await Promise.race([sleep(300), gone(socket)]);
      socket.destroy();
    }),
  'odd forwarded addresses': async (site, isOver) => {
    const odd = ['203.0.113.5:4711', '[2001:db8::1]', '[2001:db8::1]:80', 'unknown', '_hidden', '', '"x"', '1.2.3'];
    const faults: string[] = [];
    await inParallel(2, isOver, async (round) => {
      const forwarded = odd[round % odd.length] ?? '';
      const status = await ask(site, '/status', PROXY, { 'x-forwarded-for': forwarded });
      if (status === 200) faults.push(`the status page was shown to ${JSON.stringify(forwarded)}`);
    });
    return faults;
  },
};

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** Does `act` again and again, so many times at once. It is told how often it was done. */
async function inParallel(
  count: number,
  isOver: () => boolean,
  act: (round: number) => Promise<unknown>,
): Promise<string[]> {
  let round = 0;
  const worker = async () => {
    while (!isOver()) {
      await act(round++).catch(() => sleep(50)); // refused or cut off: as an attacker may be
    }
  };
  await Promise.all(Array.from({ length: count }, worker));
  return [];
}

/** Holds so many connections that send `head`, then `drip` each second, and read nothing; those that are closed come back. */
function held(site: Site, count: number, isOver: () => boolean, head: string, drip = ''): Promise<string[]> {
  return inParallel(count, isOver, async () => {
    const socket = await open(site);
    socket.pause();
    socket.write(head);
    const left = gone(socket);
    while (!isOver() && !socket.destroyed) {
      await Promise.race([sleep(1_000), left]);
      if (drip !== '' && socket.writable) socket.write(drip);
    }
    socket.destroy();
    await sleep(100);
  });
}

async function open({ port }: Site): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: ATTACKER, allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  await Promise.race([once(socket, 'connect'), gone(socket)]);
  return socket;
}

function gone(socket: Socket): Promise<unknown> {
  return socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));
}

/** Until nothing more comes: a socket that keeps its own half does not close when the server closes the other one. */
function ended(socket: Socket): Promise<unknown> {
  return Promise.race([gone(socket), new Promise((resolve) => socket.once('end', resolve))]);
}

/** The status of an answer that was read to its end. */
async function ask(
  { port }: Site,
  target: string,
  localAddress = ATTACKER,
  headers: Record<string, string> = {},
): Promise<number> {
  const asked = request({ host: '127.0.0.1', port, path: target, localAddress, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'close');
  return answer.statusCode ?? 0;
}
