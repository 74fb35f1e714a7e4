/** Waiting for what the screen is about to show. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** What VS Code does on a click is there within a second; a busy machine gets more. */
const TIMEOUT_MS = 90_000;
const POLL_MS = 50;
const MESSAGE_LENGTH = 1_500;

/**
 * Reads again and again until what was read is as wished, and returns it. The error tells what was read last.
 *
 * @example await until('the server to run', () => workbench.statusBarItem('mkbox.status'), (item) => item.text === 'mkbox: 5555')
 */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  isAsWished: (value: T) => boolean = Boolean,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (isAsWished(value)) {
      return value;
    }
    if (Date.now() > deadline) {
      throw new Error(`Waited ${timeoutMs / 1000} s for ${what}. Last seen: ${brief(value)}`);
    }
    await sleep(POLL_MS);
  }
}

function brief(value: unknown): string {
  const text = inspect(value, { depth: 5, breakLength: 160 });
  return text.length > MESSAGE_LENGTH ? `${text.slice(0, MESSAGE_LENGTH)} …` : text;
}

/** As `until`, for what may not be there yet: returns it as soon as it is. */
export async function found<T>(what: string, read: () => Promise<T | undefined>, timeoutMs = TIMEOUT_MS): Promise<T> {
  const value = await until(what, read, (seen) => seen !== undefined, timeoutMs);
  if (value === undefined) {
    throw new Error(`Found nothing for ${what}.`);
  }
  return value;
}

/** As `until`, but for a reading that stays the same for a while: the last of several changes in a row. */
export function settled<T>(
  what: string,
  read: () => Promise<T>,
  isAsWished: (value: T) => boolean,
  forMs: number,
): Promise<T> {
  let last = '';
  let since = Date.now();
  return until(what, read, (value) => {
    const now = JSON.stringify(value);
    if (now !== last) {
      last = now;
      since = Date.now();
    }
    return isAsWished(value) && Date.now() >= since + forMs;
  });
}
