import net from 'node:net';

/** What a client reads into, again and again: it throws all bytes away. */
const BUFFER_BYTES = 256 * 1024;

/** How a request went, in milliseconds from the connection's beginning. */
export interface Timing {
  readonly firstByteMs: number;
  readonly lastByteMs: number;
  /** Bytes of the answer, its head included. */
  readonly bytes: number;
}

/** Asks on a connection of its own, as a board does, and reads the answer to its end, or up to the first byte. */
export function request(url: URL, until: 'first byte' | 'end' = 'end'): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let firstByteMs = Number.NaN;
    let bytes = 0;
    const onBytes = (count: number) => {
      if (bytes === 0) firstByteMs = performance.now() - began;
      bytes += count;
      if (until === 'first byte') socket.destroy();
      return true;
    };
    const socket = net.connect({
      host: url.hostname,
      port: Number(url.port),
      onread: { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: onBytes },
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ firstByteMs, lastByteMs: performance.now() - began, bytes }));
    socket.write(head(url));
  });
}

/** Asks and never reads. Settles when the connection stands; destroy the socket to end it. */
export function stall(url: URL): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: url.hostname, port: Number(url.port) }, () => resolve(socket));
    socket.on('error', reject);
    socket.pause();
    socket.write(head(url));
  });
}

function head({ pathname, search, host }: URL): string {
  return `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}
