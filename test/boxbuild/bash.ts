/** The bash of this machine: what it says of a text is right. */
import { spawnSync } from 'node:child_process';

/** Elsewhere there is none, or one that is fifteen years old. */
export const ON_LINUX = { skip: process.platform !== 'linux' };

/** Runs bash with nothing set but where programs are. */
export function bash(args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env.PATH };
  return spawnSync('bash', ['--norc', ...args], { encoding: 'utf8', input, env });
}
