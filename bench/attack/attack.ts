import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs } from '../../test/end-with-us.ts';
import { download } from '../../test/nginx/download.ts';
import { peakBytes } from '../process-stats.ts';
import { builtServer } from '../servers.ts';
import { makeAttackedImages } from './attacked-images.ts';
import { manyBoards } from './many-boards.ts';

const ATTACKERS = path.join(import.meta.dirname, 'attackers.ts');

const IDLE_SERVER = path.join(import.meta.dirname, 'idle-server.ts');

const BOARDS = 10;

/** A board boots, asks, writes and boots again: no faster than that. */
const BETWEEN_UPDATES_MS = 500;

const BETWEEN_CHECKS_MS = 20;

/** What is promised while all attack at once; of the time, besides what the machine itself takes to answer nothing. */
const MOST_HEALTH_MS = 250;
const MOST_BYTES = 300e6;

/** The server lets transfers finish for thirty seconds, and an attacker's never does. */
const MOST_STOP_MS = 40_000;

/** What is told of an attack. */
export interface AttackOptions {
  readonly seconds: number;
  /** The command to attack; this project's, as it is built, without it. */
  readonly command?: string | undefined;
  /** The name of the only load; all of them without it. */
  readonly only?: string | undefined;
}

/** What came of an attack. It went well if `faults` is empty, and on a machine that does nothing else `slow`, too. */
export interface AttackReport {
  /** Updates that each board got, whole and right. */
  readonly updates: readonly number[];
  /** Milliseconds that `/healthz` took, at the 50th and the 99th percentile and at most. */
  readonly healthMs: readonly [median: number, p99: number, most: number];
  readonly checks: number;
  /** What a server that does nothing else took at the same time, at the 99th percentile: how busy the machine is. */
  readonly idleMs: number;
  readonly peakBytes: number;
  /** From SIGTERM to the end. */
  readonly stopMs: number;
  /** What was answered later than is promised: other work on the machine counts. */
  readonly slow: readonly string[];
  readonly faults: readonly string[];
}

/** Attacks the command in all ways at once for so long, while boards update from it. Its log is not read. */
export async function attack({ seconds, command = builtServer(), only }: AttackOptions): Promise<AttackReport> {
  const home = await mkdtemp(path.join(tmpdir(), 'mkbox-attack-'));
  const boxes = path.join(home, 'boxes');
  const images = await makeAttackedImages(boxes);
  const statePath = path.join(home, 'boards.json');
  await writeFile(statePath, manyBoards());
  const server = spawn(process.execPath, [command], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      IMAGE_PATH: boxes,
      CHECKS_PATH: 'none',
      STATE_PATH: statePath,
      TRUSTED_PROXIES: '127.0.0.1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(server);
  const idleServer = spawn(process.execPath, [IDLE_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(idleServer);
  let attackers: ChildProcess | undefined;
  try {
    const [first] = await once(server.stdout, 'data');
    server.stdout.pause();
    const port = Number(/:(\d+)\n/.exec(String(first))?.[1]);
    const expected = await download(port, images.sound);
    if (expected.kind !== 'whole') throw new Error('the image cannot be had before the attack either');
    attackers = spawn(
      process.execPath,
      [ATTACKERS, JSON.stringify({ port, ...images }), ...(only === undefined ? [] : [only])],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    endWithUs(attackers);
    const end = performance.now() + seconds * 1000;
    const isOver = () => performance.now() > end;
    const faults: string[] = [];
    const updating = Promise.all(
      Array.from({ length: BOARDS }, (_, number) =>
        updates(port, images.sound, expected.sha256, number, isOver, faults),
      ),
    );
    const [health, idle] = await Promise.all([
      healthTimes(port, isOver, faults),
      healthTimes(await idlePort(idleServer), isOver, faults),
    ]);
    const counts = await updating;
    const peak = peakBytes(server.pid ?? 0);
    const stopMs = await stopTime(server, faults);
    faults.push(...(await attackersFaults(attackers)));
    return reportOf(counts, health, idle, peak, stopMs, faults);
  } finally {
    attackers?.kill('SIGKILL');
    idleServer.kill('SIGKILL');
    server.kill('SIGKILL');
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** How many updates a board gets until the end, from an address of its own. */
async function updates(
  port: number,
  target: string,
  sha256: string,
  number: number,
  isOver: () => boolean,
  faults: string[],
): Promise<number> {
  let count = 0;
  while (!isOver()) {
    const came = await download(port, target, {}, `127.0.1.${number + 1}`).catch(() => undefined);
    if (came?.kind === 'whole' && came.sha256 === sha256) count++;
    else faults.push(`board ${number} got ${came === undefined ? 'no answer' : JSON.stringify(came)}`);
    await sleep(BETWEEN_UPDATES_MS);
  }
  return count;
}

/** Milliseconds that each check of the health took. */
async function healthTimes(port: number, isOver: () => boolean, faults: string[]): Promise<number[]> {
  const times: number[] = [];
  while (!isOver()) {
    const begin = performance.now();
    const asked = request({ host: '127.0.0.1', port, path: '/healthz', localAddress: '127.0.2.1', agent: false }).end();
    try {
      const [answer] = await once(asked, 'response');
      answer.resume();
      await once(answer, 'close');
      if (answer.statusCode !== 200) faults.push(`/healthz answered ${answer.statusCode}`);
      times.push(performance.now() - begin);
    } catch (error) {
      faults.push(`/healthz: ${error instanceof Error ? error.message : error}`);
    }
    await sleep(BETWEEN_CHECKS_MS);
  }
  return times.sort((a, b) => a - b);
}

async function stopTime(server: ChildProcess, faults: string[]): Promise<number> {
  const begin = performance.now();
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const end = await Promise.race([ended, sleep(MOST_STOP_MS)]);
  if (end === undefined) faults.push('SIGTERM did not end the server');
  else if (end[0] !== 0) faults.push(`the server ended with ${end}`);
  return performance.now() - begin;
}

async function attackersFaults(attackers: ChildProcess): Promise<string[]> {
  if (attackers.stdout === null) return [];
  const lines = createInterface(attackers.stdout);
  attackers.stdin?.end();
  for await (const line of lines) return JSON.parse(line);
  return ['the attackers ended without a word'];
}

function reportOf(
  updates: readonly number[],
  times: readonly number[],
  idleTimes: readonly number[],
  peak: number,
  stopMs: number,
  faults: string[],
): AttackReport {
  const healthMs = [percentile(times, 0.5), percentile(times, 0.99), percentile(times, 1)] as const;
  const idleMs = percentile(idleTimes, 0.99);
  updates.forEach((count, board) => {
    if (count === 0) faults.push(`board ${board} got no update`);
  });
  if (times.length === 0) faults.push('/healthz was never answered');
  const isSlow = healthMs[1] > MOST_HEALTH_MS + idleMs;
  const slow = isSlow ? [`/healthz took ${healthMs[1]} ms at the 99th percentile, an idle server ${idleMs} ms`] : [];
  if (peak > MOST_BYTES) faults.push(`the server took ${Math.round(peak / 1e6)} MB`);
  const facts = { updates, healthMs, checks: times.length, idleMs, peakBytes: peak, stopMs: Math.round(stopMs) };
  return { ...facts, slow, faults };
}

/** Of times in order, rounded. */
function percentile(times: readonly number[], share: number): number {
  return Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
}

async function idlePort(server: ChildProcess): Promise<number> {
  if (server.stdout === null) throw new Error('the idle server does not tell its port');
  const [line] = await once(createInterface(server.stdout), 'line');
  return Number(line);
}
