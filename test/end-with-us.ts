import type { ChildProcess } from 'node:child_process';

/** By these, runners and people end tests. Node emits no 'exit' when a signal ends a process that does not listen to it. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const ends = new Set<() => void>();

/** Has `end` called when this process ends, by a signal, too, unless the answer is called before. */
export function whenWeEnd(end: () => void): () => void {
  if (ends.size === 0) {
    process.on('exit', endAll);
    for (const signal of SIGNALS) process.on(signal, endAndObey);
  }
  ends.add(end);
  return () => {
    if (ends.delete(end) && ends.size === 0) stopListening();
  };
}

/** Kills a process when this one ends, unless it has ended before. */
export function endWithUs(child: ChildProcess): void {
  const callOff = whenWeEnd(() => child.kill('SIGKILL'));
  child.once('exit', callOff).once('error', callOff);
}

function endAll(): void {
  for (const end of ends) {
    try {
      end();
    } catch {
      // what it ends is gone, or can't be helped; the others are ended
    }
  }
  ends.clear();
}

function endAndObey(signal: NodeJS.Signals): void {
  endAll();
  stopListening();
  process.kill(process.pid, signal);
}

function stopListening(): void {
  process.off('exit', endAll);
  for (const signal of SIGNALS) process.off(signal, endAndObey);
}
