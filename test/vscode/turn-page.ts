/** A window that shows something else: VS Code starts anew in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';

/** An extension host ends within a second of its window's last word; ours takes up to 4 s to finish what it sends. */
const HOST_ENDS_MS = 8_000;
const LOOK_EVERY_MS = 100;

/**
 * Calls `show`, which has the window show another page. VS Code's page tells its extension host to end as the last of what
 * it does: on a busy machine, it is gone before that now and then, and VS Code would keep the host, with the port that it
 * serves on, for three hours. Then that is ended, and the page shown once more.
 */
export async function turnPage(server: Server, show: () => Promise<void>): Promise<void> {
  const before = hostsOf(server);
  await show();
  const left = await remaining(server, before);
  if (left.length === 0) return;
  process.stderr.write(`VS Code keeps the extension host ${left} of a page that is gone: it is ended here\n`);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  await turnPage(server, show);
}

/** Those of `hosts` that run on, though they had their time. */
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
