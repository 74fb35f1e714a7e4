import { hash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readlink, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemErrorCode, UserError, unlessBug } from '../errors.ts';
import { unlessAbsent } from '../images/outage.ts';
import { isRunning } from './running.ts';

/** Who holds or wants the lock notes so often that it lives. */
const BEAT_MS = 1_000;
/** Who did not note it for so long is dead, or was stopped; the clock is that of the one who waits. */
const DEAD_AFTER_MS = 15_000;
/** How often it is looked whether it is one's turn. */
const LOOK_MS = 100;
/** Two who came at the same moment come again, each at another. */
const MOST_BACK_OFF_MS = 50;
/** A folder that is gone more often while it is worked in can't be made at all. */
const MOST_TIMES_GONE = 1_000;

const TICKET = /^ticket\.(\d+)\.(\d+)\.([0-9a-f]+)\.[0-9a-f]+$/;

/** A lock that is held, or was. Dispose it. */
export interface FolderLock extends AsyncDisposable {
  /**
   * Whether it still is; else this process was stopped for so long that others took it for dead, and what is in the folder is
   * theirs to change. What is done at once afterwards is safe from that: it was just noted that this process lives.
   * @throws system errors
   */
  isHeld(): Promise<boolean>;
  /** @throws UserError when it was lost; system errors */
  requireHeld(): Promise<void>;
}

/** Someone's ticket, as its name says. */
interface Ticket {
  readonly name: string;
  readonly number: number;
  readonly pid: number;
  /** The machine, and the space of process numbers, that the process runs in. */
  readonly where: string;
}

/**
 * Waits until no other process works in `folder`. Everyone draws a ticket: a file with a number that is above all there
 * are; whoever finds that another one drew as high a number at the same time draws again; the lowest has the lock. The
 * tickets of the dead are removed, and nobody gets one from another: two who find the same one dead can't both get the lock
 * by that. Who was stopped for so long that its ticket was removed, too, draws a new one if it was waiting, and has lost the
 * lock if it had it: it has to ask (`isHeld`) before it changes what others may by then. `onWait` is called once if it is not
 * free.
 * @throws system errors, and the signal's reason when it is aborted
 */
export async function lockFolder(folder: string, signal?: AbortSignal, onWait = () => {}): Promise<FolderLock> {
  const where = await placeOfProcesses();
  const watch = new Watch(folder, where);
  let name = await draw(folder, where, watch);
  // a full disk may refuse it: what was noted before counts for a while yet, and `isHeld` sees whether the ticket is there
  const beat = () => utimes(path.join(folder, name), new Date(), new Date()).catch(unlessBug);
  const timer = setInterval(beat, BEAT_MS);
  const release = async () => {
    clearInterval(timer);
    await rm(path.join(folder, name), { force: true });
    await removeUnused(folder);
  };
  const isThere = async () => (await namesIn(folder)).includes(name);
  try {
    for (let hasWaited = false; ; ) {
      const isFirst = !(await watch.living()).some(({ number }) => number < numberOf(name));
      if (!(await isThere())) {
        name = await draw(folder, where, watch); // taken for dead while it waited: those that came since have lower numbers
        continue;
      }
      if (isFirst) break;
      if (!hasWaited) onWait();
      hasWaited = true;
      await setTimeout(LOOK_MS, undefined, { signal });
    }
  } catch (error) {
    await release();
    throw signal?.aborted ? signal.reason : error;
  }
  const isHeld = async () => {
    await beat();
    return await isThere();
  };
  return {
    isHeld,
    async requireHeld() {
      if (await isHeld()) return;
      throw new UserError('This process was stopped for so long that another one took its place; start it again.');
    },
    [Symbol.asyncDispose]: release,
  };
}

/** Removes what those left in `folder` who were killed while they had the lock, or waited for it. @throws system errors */
export async function clearLock(folder: string): Promise<void> {
  await new Watch(folder, await placeOfProcesses()).living();
  await removeUnused(folder);
}

/** Draws a ticket whose number is above all others. */
async function draw(folder: string, where: string, watch: Watch): Promise<string> {
  for (let timesGone = 0; ; ) {
    try {
      await mkdir(folder, { recursive: true });
      const highest = Math.max(0, ...(await watch.living()).map(({ number }) => number));
      const name = `ticket.${highest + 1}.${process.pid}.${where}.${randomBytes(4).toString('hex')}`;
      await writeFile(path.join(folder, name), '', { flag: 'wx' });
      const others = (await watch.living()).filter((other) => other.name !== name);
      if (others.every(({ number }) => number <= highest)) return name;
      await rm(path.join(folder, name), { force: true });
    } catch (error) {
      // the last one who had the lock removed the folder; `mkdir` finds it there, and then gone
      if (systemErrorCode(error) === 'ENOENT' && timesGone++ < MOST_TIMES_GONE) continue;
      await removeUnused(folder);
      throw error;
    }
    await setTimeout(Math.random() * MOST_BACK_OFF_MS);
  }
}

async function removeUnused(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {}); // others have tickets in it, or it is gone
}

/** Watches the tickets in a folder, and removes those of the dead. */
class Watch {
  readonly #folder: string;
  readonly #where: string;
  /** When each ticket was last seen to have changed (`performance.now()`), and what its time was then. */
  readonly #beats = new Map<string, { readonly mtimeMs: number; readonly atMs: number }>();

  constructor(folder: string, where: string) {
    this.#folder = folder;
    this.#where = where;
  }

  async living(): Promise<Ticket[]> {
    const living: Ticket[] = [];
    for (const name of await namesIn(this.#folder)) {
      const ticket = ticketOf(name);
      if (ticket === undefined) continue;
      if (await this.#lives(ticket)) living.push(ticket);
      else await rm(path.join(this.#folder, name), { force: true });
    }
    return living;
  }

  async #lives({ name, pid, where }: Ticket): Promise<boolean> {
    if (where === this.#where && !isRunning(pid)) return false;
    const stats = await stat(path.join(this.#folder, name)).catch(unlessAbsent); // else it would count as dead, and go
    if (stats === undefined) return false; // given back meanwhile
    const { mtimeMs } = stats;
    const seen = this.#beats.get(name);
    if (seen?.mtimeMs === mtimeMs) return performance.now() - seen.atMs < DEAD_AFTER_MS;
    this.#beats.set(name, { mtimeMs, atMs: performance.now() });
    return true;
  }
}

/** None where the folder is gone: whoever had the lock last removes it. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return [];
  }
}

function ticketOf(name: string): Ticket | undefined {
  const [, number, pid, where] = TICKET.exec(name) ?? [];
  return where === undefined ? undefined : { name, number: Number(number), pid: Number(pid), where };
}

function numberOf(name: string): number {
  return ticketOf(name)?.number ?? Number.POSITIVE_INFINITY;
}

/** Process numbers mean something on one machine, and there in one container (pid_namespaces(7)). */
async function placeOfProcesses(): Promise<string> {
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  return hash('sha256', `${hostname()} ${space}`).slice(0, 12);
}
