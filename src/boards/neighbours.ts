import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ARP_AGE_MS, ARP_EVERY_MS, ARP_MOST_BYTES, ARP_TIMEOUT_MS, NEIGHBOUR_FILE_AGE_MS } from './limits.ts';

/** Who is on the same network as this machine: the hardware addresses (MACs) that it knows. */
export interface Neighbours {
  /** The MAC of the neighbour at `address`, lower case with colons; undefined where none is known. */
  macOf(address: string): string | undefined;
  /** Settles when the unknown ones were looked up again; never throws. */
  refresh(): Promise<void>;
}

/** The neighbours as this machine's system tells them. IPv6 ones are not known. */
export function systemNeighbours(): Neighbours {
  return process.platform === 'linux' ? new NeighbourFile('/proc/net/arp') : new NeighbourCommand();
}

/** Linux: the kernel's table is a file in memory, which can be read in the middle of a request. */
export class NeighbourFile implements Neighbours {
  readonly #path: string;
  #macs: ReadonlyMap<string, string> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(filePath: string) {
    this.#path = filePath;
  }

  macOf(address: string): string | undefined {
    if (performance.now() - this.#readAt >= NEIGHBOUR_FILE_AGE_MS) this.#read();
    return this.#macs.get(address);
  }

  /** An address that was not in the table may be there a second later. */
  async refresh(): Promise<void> {
    await sleep(NEIGHBOUR_FILE_AGE_MS, undefined, { ref: false });
    this.#read();
  }

  #read(): void {
    this.#readAt = performance.now();
    try {
      this.#macs = parseLinuxTable(readFileSync(this.#path, 'latin1'));
    } catch {
      this.#macs = new Map(); // a container without it: boards are known by their addresses
    }
  }
}

/** macOS, Windows and others: a program prints the table, which takes time. */
class NeighbourCommand implements Neighbours {
  #macs: ReadonlyMap<string, string> = new Map();
  #ranAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  macOf(address: string): string | undefined {
    return performance.now() - this.#ranAt < ARP_AGE_MS ? this.#macs.get(address) : undefined;
  }

  /** Calls within the same ten seconds share one run. */
  refresh(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const waitMs = this.#ranAt + ARP_EVERY_MS - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { ref: false });
    const text = await arp();
    this.#ranAt = performance.now();
    this.#macs = process.platform === 'win32' ? parseWindowsTable(text) : parseBsdTable(text);
  }
}

/** What `arp` prints; nothing where it can't. By its path on Windows, where the current folder would be searched first. */
function arp(): Promise<string> {
  const isWindows = process.platform === 'win32';
  const program = isWindows ? path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'arp.exe') : 'arp';
  const options = {
    timeout: ARP_TIMEOUT_MS,
    maxBuffer: ARP_MOST_BYTES,
    windowsHide: true,
    encoding: 'latin1',
  } as const;
  return new Promise((resolve) => {
    // Without -n, BSD's asks name servers for each address.
    execFile(program, [isWindows ? '-a' : '-an'], options, (_error, stdout) => resolve(stdout));
  });
}

/** Linux's `/proc/net/arp` (proc(5)): MACs by address. Flag 2 is a complete entry. */
export function parseLinuxTable(text: string): Map<string, string> {
  const entries = text
    .split('\n')
    .slice(1)
    .map((line) => {
      const [address, , flags, mac] = line.trim().split(/\s+/);
      return (Number(flags) & 2) === 2 ? ([address, mac] as const) : ([] as const);
    });
  return macsOf(entries);
}

/** `arp -a` of macOS and the BSDs: `? (192.168.1.1) at a0:b1:c2:3:4:5 on en0 ifscope [ethernet]`. */
export function parseBsdTable(text: string): Map<string, string> {
  const entries = text.matchAll(/\((\d+(?:\.\d+){3})\) at ([0-9a-f:]+) /gi);
  return macsOf([...entries].map(([, address, mac]) => [address, mac]));
}

/** `arp -a` of Windows, in any language: `  192.168.1.1           a0-b1-c2-03-04-05     dynamic`. */
export function parseWindowsTable(text: string): Map<string, string> {
  const entries = text.matchAll(/^\s+(\d+(?:\.\d+){3})\s+([0-9a-f]+(?:-[0-9a-f]+)+)\s/gim);
  return macsOf([...entries].map(([, address, mac]) => [address, mac]));
}

/** MACs of single devices only, as they are usually written: macOS leaves out leading zeros. */
function macsOf(entries: readonly (readonly [address?: string | undefined, mac?: string | undefined])[]) {
  const macs = new Map<string, string>();
  for (const [address, text] of entries) {
    const bytes = text?.split(/[:-]/).map((byte) => Number.parseInt(byte, 16)) ?? [];
    const [first = 1] = bytes;
    const isOne = bytes.length === 6 && bytes.every((byte) => byte <= 0xff) && (first & 1) === 0 && bytes.some(Boolean);
    if (address === undefined || !isOne) continue;
    macs.set(address, bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
  }
  return macs;
}
