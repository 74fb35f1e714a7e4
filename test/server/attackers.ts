import { connect, type Socket } from 'node:net';

/** What an attacker does with a connection. */
export interface Attack {
  /** What it sends when it is connected. */
  readonly head: string;
  /** What it sends each second after that. */
  readonly drip?: string;
  /** Whether it reads what it is sent. */
  readonly reads: boolean;
  /** After how long it comes back where its connection was closed, at most; `RETURN_AFTER_MS` without it. */
  readonly returnsWithinMs?: number;
}

/** Attackers that go on until they are disposed of. */
export interface Attackers extends Disposable {
  /** Settles when each of them had a connection. */
  readonly begun: Promise<unknown>;
}

/** An attacker whose connection was closed comes back after so long, or more: a network has its own bounds. */
const RETURN_AFTER_MS = 500;

/** Has so many attackers, who never close their half of a connection, each hold one to the server at `url`, for ever. */
export function attack(url: string, count: number, { head, drip, reads, returnsWithinMs = 0 }: Attack): Attackers {
  const spreadMs = Math.max(0, returnsWithinMs - RETURN_AFTER_MS);
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let isOver = false;
  const hold = (onConnected: () => void) => {
    if (isOver) return;
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('connect', () => {
      socket.write(head);
      onConnected();
    });
    if (reads) socket.resume();
    const dripping = drip === undefined ? undefined : setInterval(() => socket.write(drip), 1000);
    socket.once('close', () => {
      clearInterval(dripping);
      sockets.delete(socket);
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          hold(onConnected);
        },
        RETURN_AFTER_MS + Math.random() * spreadMs,
      );
      timers.add(timer);
    });
  };
  const begun = Array.from({ length: count }, () => new Promise<void>((resolve) => hold(resolve)));
  return {
    begun: Promise.all(begun),
    [Symbol.dispose]() {
      isOver = true;
      for (const socket of sockets) socket.destroy();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
