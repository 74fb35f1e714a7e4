import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What is wrong with the line; nothing if absent. Bytes are counted in the server's answer, its head included. */
export interface Damage {
  /** So many bytes of each answer arrive, and no more. */
  readonly cutAfter?: number;
  /** What a board notices of the cut: an orderly end (FIN, if absent), a reset (RST), or nothing for ever. */
  readonly cut?: 'end' | 'reset' | 'silence';
  /** The byte at this place of each answer arrives inverted. */
  readonly invertAt?: number;
}

/** A line between boards and a server, on loopback. */
export interface Line extends AsyncDisposable {
  /** What a board has to ask for to come along this line. */
  readonly url: string;
  /** The heads of the requests that came along, byte for byte. */
  requests(): readonly string[];
  /** Settles when an answer was cut for the first time. */
  readonly cut: Promise<void>;
  /** From now on nothing is wrong with the line; connections that are open keep their fault. */
  repair(): void;
}

/** Opens a line to the server at `url`; what is wrong with it is the test's. */
export async function openLine(url: string, damage: Damage = {}): Promise<Line> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let fault = damage;
  const { promise: cut, resolve: tellCut } = Promise.withResolvers<void>();
  const server = createServer((board) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [board, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    let request = '';
    board.on('data', (chunk) => {
      request += chunk.toString('latin1');
      const end = request.indexOf('\r\n\r\n');
      if (end >= 0) requests.push(request.slice(0, end));
      if (end >= 0) request = '';
    });
    board.pipe(upstream);
    carryAnswer(upstream, board, fault, tellCut);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => [...requests],
    cut,
    repair: () => {
      fault = {};
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function carryAnswer(upstream: Socket, board: Socket, damage: Damage, tellCut: () => void): void {
  const { cutAfter = Number.POSITIVE_INFINITY, cut = 'end', invertAt = -1 } = damage;
  let passed = 0;
  upstream.on('data', (chunk) => {
    if (passed + chunk.length >= cutAfter) upstream.pause().removeAllListeners('data');
    const place = invertAt - passed;
    if (place >= 0 && place < chunk.length) chunk.writeUInt8(chunk.readUInt8(place) ^ 0xff, place);
    const part = chunk.subarray(0, cutAfter - passed);
    passed += part.length;
    const more = board.write(part, () => {
      if (passed < cutAfter) return;
      tellCut();
      endLine(upstream, board, cut);
    });
    if (!more) upstream.pause();
  });
  board.on('drain', () => passed < cutAfter && upstream.resume());
  upstream.on('end', () => passed < cutAfter && board.end());
}

function endLine(upstream: Socket, board: Socket, cut: NonNullable<Damage['cut']>): void {
  if (cut === 'silence') return;
  upstream.destroy();
  if (cut === 'reset') board.resetAndDestroy();
  else board.end();
}
