/** Loads another page into a window: VS Code starts anew in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../src/errors.ts';
import type { Server } from './server.ts';

/** An extension host exits within a second of being told to; ours takes up to 4 s to finish its transfers. */
const HOST_ENDS_MS = 8_000;
const LOOK_EVERY_MS = 100;

/**
 * Calls `load`, which loads a page, and waits until the extension host of the page before has exited. VS Code closes its
 * management connection before it tells the extension host to exit. On a busy machine, the page is sometimes gone by then,
 * and VS Code keeps the host, and its port, for three hours. Such a host is killed here, and the page loaded again.
 */
export async function navigate(server: Server, load: () => Promise<void>): Promise<void> {
  const before = hostsOf(server);
  await load();
  const left = await remaining(server, before);
  if (left.length === 0) return;
  process.stderr.write(`VS Code kept extension host ${left} of a page that is gone: killed\n`);
  left.forEach(kill);
  await navigate(server, load);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error; // it has just exited
  }
}

/** Those of `hosts` that still run after the time they get. */
async function remaining(server: Server, hosts: ReadonlySet<number>): Promise<number[]> {
  for (const until = Date.now() + HOST_ENDS_MS; ; await sleep(LOOK_EVERY_MS)) {
    const left = [...hostsOf(server)].filter((pid) => hosts.has(pid));
    if (left.length === 0 || Date.now() >= until) return left;
  }
}

/** Processes of the extension hosts that run, by what VS Code's server prints. */
function hostsOf(server: Server): Set<number> {
  const output = server.output();
  const pids = (line: RegExp) => Array.from(output.matchAll(line), ([, pid]) => Number(pid));
  const ended = new Set(pids(/<(\d+)> Extension Host Process exited/g));
  return new Set(pids(/<(\d+)> Launched Extension Host Process/g).filter((pid) => !ended.has(pid)));
}
