import { hash, randomBytes } from 'node:crypto';
import { readdir, readFile, readlink, rm, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemErrorCode, UserError, unlessBug } from '../errors.ts';
import { unlessAbsent } from '../images/outage.ts';
import { makeFolder } from '../make-folder.ts';
import { isRunning } from '../running.ts';

/** How often a process that holds the lock, or waits for it, shows that it is alive. */
const BEAT_MS = 1_000;
/** One that has not for this long, by the clock of the one that waits, is dead or was stopped. */
const DEAD_AFTER_MS = 15_000;
/** How often a process looks whether it is its turn. */
const LOOK_MS = 100;
/** Two that drew the same number draw again, after different pauses. */
const MOST_BACK_OFF_MS = 50;
/** A folder that disappears more often than this can't be created at all. */
const MOST_TIMES_GONE = 1_000;

const TICKET = /^ticket\.(\d+)\.(\d+)\.([0-9a-f]+)\.[0-9a-f]+$/;

/** A lock that is held, or was. Dispose it. */
export interface FolderLock extends AsyncDisposable {
  /**
   * Whether it is still held. If not, this process was stopped for so long that others took it for dead, and may be changing
   * the folder. Asking shows that this process is alive, so what it does right after a yes is safe.
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
  /** The machine, since its start, and the PID namespace of the process. */
  readonly where: string;
}

/**
 * Waits until no other process works in `folder`. Each draws a ticket, a file with a higher number than all others, and the
 * lowest number holds the lock. Two that draw the same number at the same time draw again. Tickets of dead processes are
 * removed, but nobody takes one over, so two that find the same process dead can't both get the lock. A process that was
 * stopped until its own ticket was removed draws a new one if it was waiting. If it held the lock, it has lost it, and must
 * ask (`isHeld`) before it changes anything. `onWait` is called once if the lock is not free.
 * @throws system errors, and the signal's reason when it is aborted
 */
export async function lockFolder(folder: string, signal?: AbortSignal, onWait = () => {}): Promise<FolderLock> {
  const where = await placeOfProcesses();
  const watch = new Watch(folder, where);
  let name = await draw(folder, where, watch);
  // a full disk may refuse this: the last time counts for a while, and `isHeld` looks whether the ticket is there
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
        name = await draw(folder, where, watch); // taken for dead while waiting: those that came since go first
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

/**
 * Whether someone who has the lock, or waits for it, gives a sign of life. It only looks, for who may not write in `folder`.
 * @throws system errors, and the signal's reason when it is aborted
 */
export async function isLockAlive(folder: string, signal?: AbortSignal): Promise<boolean> {
  const where = await placeOfProcesses();
  const atFirst = await beatsIn(folder, where);
  for (const end = performance.now() + DEAD_AFTER_MS; performance.now() < end; ) {
    const beats = await beatsIn(folder, where);
    if (beats.size === 0) return false;
    for (const [name, mtimeMs] of beats) if (atFirst.get(name) !== mtimeMs) return true;
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
  return false;
}

/** Removes what killed processes left in `folder`. @throws system errors */
export async function clearLock(folder: string): Promise<void> {
  await new Watch(folder, await placeOfProcesses()).living();
  await removeUnused(folder);
}

/** Draws a ticket with a higher number than all others. */
async function draw(folder: string, where: string, watch: Watch): Promise<string> {
  for (let timesGone = 0; ; ) {
    try {
      await makeFolder(folder);
      const highest = Math.max(0, ...(await watch.living()).map(({ number }) => number));
      const name = `ticket.${highest + 1}.${process.pid}.${where}.${randomBytes(4).toString('hex')}`;
      await writeFile(path.join(folder, name), '', { flag: 'wx' });
      const others = (await watch.living()).filter((other) => other.name !== name);
      if (others.every(({ number }) => number <= highest)) return name;
      await rm(path.join(folder, name), { force: true });
    } catch (error) {
      // the last process that held the lock removed the folder, maybe right after `mkdir` found it
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
      // not by `rm`: its error for a folder of that name is none of the system's
      else await unlink(path.join(this.#folder, name)).catch(unlessAbsent);
    }
    return living;
  }

  async #lives(ticket: Ticket): Promise<boolean> {
    const { name } = ticket;
    const mtimeMs = await lastBeat(this.#folder, ticket, this.#where);
    if (mtimeMs === undefined) return false;
    const seen = this.#beats.get(name);
    if (seen?.mtimeMs === mtimeMs) return performance.now() - seen.atMs < DEAD_AFTER_MS;
    this.#beats.set(name, { mtimeMs, atMs: performance.now() });
    return true;
  }
}

/** When the process of each ticket last showed that it lived. */
async function beatsIn(folder: string, where: string): Promise<Map<string, number>> {
  const beats = new Map<string, number>();
  for (const name of await namesIn(folder)) {
    const ticket = ticketOf(name);
    const mtimeMs = ticket && (await lastBeat(folder, ticket, where));
    if (mtimeMs !== undefined) beats.set(name, mtimeMs);
  }
  return beats;
}

/** In milliseconds since 1970; undefined where the process has ended, or gave its ticket back. `here`: this process's place. */
async function lastBeat(folder: string, { name, pid, where }: Ticket, here: string): Promise<number | undefined> {
  if (where === here && !isRunning(pid)) return undefined;
  const stats = await stat(path.join(folder, name)).catch(unlessAbsent); // any other error must not make it look dead
  return stats?.mtimeMs;
}

/** None if the folder is gone: the last process that held the lock removes it. */
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

/**
 * Process IDs are unique on one machine only, and there in one container (pid_namespaces(7)). Machines that share a folder may
 * have the same name, and the same number for their first namespace, but each has its own `boot_id` (random(4)).
 */
async function placeOfProcesses(): Promise<string> {
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '');
  return hash('sha256', `${hostname()} ${space} ${boot}`).slice(0, 12);
}
