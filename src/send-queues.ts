import fs from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { endianness } from 'node:os';

/**
 * Reads how many bytes the system has queued for given connections until the other end acknowledges them, from
 * `/proc/net/tcp` and `/proc/net/tcp6` (proc(5)); nothing for connections that are gone.
 */
export type SendQueues = ReadonlyMap<ConnectionKey, SendQueue>;

/** What the system has queued for one connection. */
export interface SendQueue {
  /** Bytes that the other end has not acknowledged. */
  readonly bytes: number;
  /** Whether the other end has no room for more, and says so at each probe: it is alive, but does not read. */
  readonly isFull: boolean;
}

/** A connection's two ends, as the kernel writes them: `<local> <remote>`, each `<address>:<port>` in hexadecimal. */
export type ConnectionKey = string;

/** A look at the queues, and how long it kept this thread from other work. */
export interface QueueLook {
  readonly queues: SendQueues;
  readonly costMs: number;
}

/** Read in one turn of the event loop: the kernel writes some 30 bytes a microsecond, a page at a time. */
const SLICE_BYTES = 64 * 1024;
const PAGE_BYTES = 4 * 1024;

/** The key of a socket that is connected; undefined once it is not. It stays good when the socket is closed. */
export function connectionKey(socket: Socket): ConnectionKey | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (localAddress === undefined || localPort === undefined) return undefined;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return `${kernelEnd(localAddress, localPort)} ${kernelEnd(remoteAddress, remotePort)}`;
}

/** Looks at the queues of `wanted` connections; undefined where the system does not tell. Up to 400 connections take one turn. */
export async function lookAtQueues(wanted: ReadonlySet<ConnectionKey>): Promise<QueueLook | undefined> {
  if (process.platform !== 'linux') return undefined;
  const queues = new Map<ConnectionKey, SendQueue>();
  const isV6 = (key: ConnectionKey) => key.indexOf(':') > V4_DIGITS;
  let costMs = 0;
  try {
    for (const [path, isAsked] of [
      ['/proc/net/tcp', [...wanted].some((key) => !isV6(key))],
      ['/proc/net/tcp6', [...wanted].some(isV6)],
    ] as const) {
      if (isAsked) costMs += await readTable(path, wanted, queues);
    }
  } catch {
    return undefined; // a system without these files, or with a /proc that hides them
  }
  return { queues, costMs };
}

/** Reads one of the two files, and returns how many milliseconds of this thread that took. */
async function readTable(
  path: string,
  wanted: ReadonlySet<ConnectionKey>,
  queues: Map<ConnectionKey, SendQueue>,
): Promise<number> {
  let startMs = performance.now();
  let costMs = 0;
  const page = Buffer.allocUnsafe(PAGE_BYTES);
  const fd = fs.openSync(path, 'r');
  try {
    let rest = '';
    let sliceBytes = 0;
    for (let bytes = -1; bytes !== 0; ) {
      bytes = fs.readSync(fd, page, 0, PAGE_BYTES, null);
      sliceBytes += bytes;
      const lines = (rest + page.toString('latin1', 0, bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) noteLine(line, wanted, queues);
      if (sliceBytes < SLICE_BYTES) continue;
      sliceBytes = 0;
      costMs += performance.now() - startMs;
      await new Promise((resolve) => setImmediate(resolve));
      startMs = performance.now();
    }
  } finally {
    fs.closeSync(fd);
  }
  return costMs + performance.now() - startMs;
}

const V4_DIGITS = 8;

/** States in which the FIN is in the queue, too, and counts as a byte (include/net/tcp_states.h). */
const ENDED_STATES: ReadonlySet<string> = new Set(['04', '09', '0B']); // FIN_WAIT1, LAST_ACK, CLOSING

/** The timer of probes of a window that is closed (net/ipv4/tcp_ipv4.c, get_tcp4_sock). */
const PROBE_TIMER = '04';

/** Probes are lost now and then; a client that answers none of this many is gone. */
const PROBES_UNTIL_GONE = 3;

/**
 * A line is `<slot>: <local> <remote> <state> <send queue>:<receive queue> <timer>:<when> <retransmits> <user> <probes> …`,
 * numbers in hexadecimal but for the last two.
 */
function noteLine(line: string, wanted: ReadonlySet<ConnectionKey>, queues: Map<ConnectionKey, SendQueue>): void {
  const start = line.indexOf(': ') + 2;
  const end = line.indexOf(' ', line.indexOf(' ', start) + 1);
  const key = line.slice(start, end);
  if (!wanted.has(key)) return;
  const [state = '', lengths = '', timer = '', , , probes] = line.slice(end + 1).split(/ +/);
  const queue = Number.parseInt(lengths, 16);
  queues.set(key, {
    bytes: ENDED_STATES.has(state) ? Math.max(0, queue - 1) : queue,
    isFull: timer.startsWith(PROBE_TIMER) && Number(probes) < PROBES_UNTIL_GONE,
  });
}

function kernelEnd(address: string, port: number): string {
  const bytes = isIP(address) === 4 ? v4Bytes(address) : v6Bytes(address);
  return `${kernelHex(bytes)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Addresses are written as the 32-bit numbers that the machine sees in them. */
function kernelHex(bytes: readonly number[]): string {
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4).map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
    words.push((endianness() === 'LE' ? word.reverse() : word).join(''));
  }
  return words.join('');
}

function v4Bytes(address: string): number[] {
  return address.split('.').map(Number);
}

/** The sixteen bytes of an IPv6 address (RFC 4291, section 2.2), whose zone does not count. */
function v6Bytes(address: string): number[] {
  const [plain = ''] = address.split('%');
  const [head = '', tail] = plain.split('::');
  const before = groupBytes(head);
  const after = tail === undefined ? [] : groupBytes(tail);
  return [...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after];
}

function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return v4Bytes(group);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
