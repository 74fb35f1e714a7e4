import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { bugText, systemErrorCode } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Invocation } from './command-line.ts';

/** How a command that restarts a board ended. `said`: the last line that it printed, safe to show; empty for none. */
export type RestartOutcome =
  | { readonly kind: 'done' }
  /**
   * It may have restarted the board: ssh has the status 255 when its connection ends under it, as it does when the
   * board goes down at once, and hangs when the board is gone without a word. It has that status for its own failures,
   * too.
   */
  | { readonly kind: 'cut off'; readonly said: string }
  | { readonly kind: 'timed out'; readonly said: string }
  | { readonly kind: 'failed'; readonly status: number; readonly said: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly said: string }
  /** The system's error code. */
  | { readonly kind: 'not started'; readonly code: string };

/** An outcome that leaves no doubt that the board was not restarted. */
export type RestartFailure = Extract<RestartOutcome, { kind: 'failed' | 'killed' | 'not started' }>;

/** Whether a command has surely not restarted the board. */
export function isFailure(outcome: RestartOutcome): outcome is RestartFailure {
  return outcome.kind === 'failed' || outcome.kind === 'killed' || outcome.kind === 'not started';
}

/** Options of a run. */
export interface RunOptions {
  /** Told each line that the command prints, safe to show. */
  readonly onLine: (line: string) => void;
  /** Ends the command when it is aborted. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** A restart is asked for in a second; a board that is far away, or busy, gets more. */
const TIMEOUT_MS = 30_000;

/** What a command prints behind this is not read by anyone. */
const MOST_OUTPUT_BYTES = 64 * 1024;

/** Characters of a line that are shown. */
const MOST_LINE = 300;

/** A program that the command leaves behind keeps its output open: what was printed is there by then. */
const LAST_OUTPUT_MS = 200;

const CUT_OFF_STATUS = 255;

/** What ssh (OpenSSH) prints when it never got onto the board, where its status is 255, too. */
const NEVER_IN =
  /^(?:ssh: |Host key verification failed|Unable to negotiate |kex_exchange_identification: |.*: Permission denied \()/;

/**
 * Runs a command that restarts a board: without a shell, without input, and with everything it starts ended at the
 * timeout. An aborted one has failed.
 */
export async function runRestart({ program, args }: Invocation, options: RunOptions): Promise<RestartOutcome> {
  const { onLine, signal, timeoutMs = TIMEOUT_MS } = options;
  let child: ChildProcess;
  try {
    // a group of its own, to be ended as one; Windows has none
    child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
  } catch (error) {
    return { kind: 'not started', code: systemErrorCode(error) ?? bugText(error) };
  }
  const lines = readLines(child, onLine);
  let hasTimedOut = false;
  const timer = setTimeout(() => {
    hasTimedOut = true;
    end(child);
  }, timeoutMs);
  const abort = () => end(child);
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    const [status, killedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.race([once(child, 'close'), sleep(LAST_OUTPUT_MS)]);
    lines.close();
    const said = lines.all.at(-1) ?? '';
    if (hasTimedOut) return { kind: 'timed out', said };
    if (killedBy !== null) return { kind: 'killed', signal: killedBy, said };
    if (status === 0) return { kind: 'done' };
    const isCutOff = status === CUT_OFF_STATUS && !lines.all.some((line) => NEVER_IN.test(line));
    return isCutOff ? { kind: 'cut off', said } : { kind: 'failed', status: status ?? CUT_OFF_STATUS, said };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return { kind: 'not started', code };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The lines that a command prints, on both of its outputs, as they come. */
function readLines(child: ChildProcess, onLine: (line: string) => void): { all: string[]; close(): void } {
  const all: string[] = [];
  let bytes = 0;
  const rests = new Map<object, string>();
  const note = (line: string) => {
    const text = printable(line.trimEnd()).slice(0, MOST_LINE);
    if (text === '') return;
    all.push(text);
    onLine(text);
  };
  const outputs = [child.stdout, child.stderr].filter((output) => output !== null);
  for (const output of outputs) {
    output.setEncoding('utf8').on('data', (text: string) => {
      bytes += text.length;
      if (bytes > MOST_OUTPUT_BYTES) return;
      const [rest = '', ...whole] = ((rests.get(output) ?? '') + text).split(/[\r\n]+/).reverse();
      rests.set(output, rest);
      for (const line of whole.reverse()) note(line);
    });
  }
  return {
    all,
    close() {
      for (const output of outputs) output.destroy();
      for (const rest of rests.values()) note(rest);
    },
  };
}

/** Ends a command, and what it started. */
function end(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') {
    child.kill();
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it ended in this very moment.
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
