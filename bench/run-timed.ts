import { spawn } from 'node:child_process';
import { peakBytes } from './process-stats.ts';

/** A process may end between two looks; what it needed last is missed by no more than it takes in so long. */
const LOOK_EVERY_MS = 10;

/** What a program took. */
export interface Timing {
  readonly seconds: number;
  /** The most bytes it had resident. */
  readonly peakBytes: number;
}

/** Runs a program to its end, and fails if it does. */
export async function runTimed(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Timing> {
  const start = performance.now();
  const env = { ...process.env, ...options.env };
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const looking = setInterval(() => {
    try {
      const now = peakBytes(child.pid ?? 0);
      if (now > peak) peak = now; // of a process that is ending there is no number
    } catch {
      clearInterval(looking); // it has ended
    }
  }, LOOK_EVERY_MS);
  try {
    const status = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with status ${status}`);
    return { seconds: (performance.now() - start) / 1000, peakBytes: peak };
  } finally {
    clearInterval(looking);
  }
}
