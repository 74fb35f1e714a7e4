import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import type { Programs } from './programs.ts';

/** What the figures were measured on, in one line that names no host. */
export function machineLine(programs?: Pick<Programs, 'nginx'>): string {
  const cores = os.availableParallelism();
  const gigabytes = (os.totalmem() / 1e9).toFixed(0);
  const nginx = programs === undefined ? '' : `, nginx ${nginxVersion(programs.nginx)}`;
  const [kernel = ''] = os.release().split('-');
  const day = new Date().toISOString().slice(0, 10);
  const digests = hasShaInstructions() ? 'with SHA instructions' : 'without SHA instructions';
  return `${day}: ${cores} cores ${digests}, ${gigabytes} GB, ${os.type()} ${kernel}, Node ${process.versions.node}${nginx}`;
}

function nginxVersion(nginx: string): string {
  const [, version = ''] = /nginx\/(\S+)/.exec(spawnSync(nginx, ['-v'], { encoding: 'utf8' }).stderr) ?? [];
  return version;
}

/** By which digests are four times as fast. The benches that need to know run on Linux. */
function hasShaInstructions(): boolean {
  return existsSync('/proc/cpuinfo') && /\b(sha_ni|sha2)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
}
