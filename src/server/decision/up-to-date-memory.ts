import { UP_TO_DATE_AGE_MS, UP_TO_DATE_ENTRIES, UP_TO_DATE_RENEWED_MS } from '../limits.ts';
import type { Found } from './decision.ts';

/** What was found of a target. Times are those of `performance.now()`. */
interface Memory {
  readonly found: Found;
  /** When one request looks again, while the others still get what is known. */
  renewAtMs: number;
  readonly untilMs: number;
}

/**
 * Remembers for a moment which requests were up to date, by their targets. A lab's boards boot together and ask the
 * same question, which then costs one look at the disk.
 */
export class UpToDateMemory {
  readonly #memories = new Map<string, Memory>();
  #changes = 0;

  /** How often everything was forgotten: what was decided before the last time is not remembered after it. */
  get changes(): number {
    return this.#changes;
  }

  /** What was found a moment ago. Shortly before it expires, one request gets undefined and looks again. */
  recall(target: string): Found | undefined {
    const memory = this.#memories.get(target);
    if (memory === undefined) return undefined;
    const nowMs = performance.now();
    if (nowMs >= memory.untilMs) {
      this.#memories.delete(target);
      return undefined;
    }
    if (nowMs < memory.renewAtMs) return memory.found;
    memory.renewAtMs = memory.untilMs;
    return undefined;
  }

  /** Forgets everything: what is served has changed. */
  forget(): void {
    this.#changes++;
    this.#memories.clear();
  }

  /** `changes`: as they were when what was found began to be decided. */
  remember(target: string, { asked, resolution, servedBuildId }: Found, changes = this.#changes): void {
    if (changes !== this.#changes) return;
    if (this.#memories.size >= UP_TO_DATE_ENTRIES) this.#memories.clear();
    const nowMs = performance.now();
    this.#memories.set(target, {
      found: { asked, resolution, servedBuildId },
      renewAtMs: nowMs + UP_TO_DATE_RENEWED_MS,
      untilMs: nowMs + UP_TO_DATE_AGE_MS,
    });
  }
}
