import { UP_TO_DATE_AGE_MS, UP_TO_DATE_ENTRIES } from '../limits.ts';
import type { Found } from './decision.ts';

/**
 * Remembers for a moment which requests were up to date, by their targets. A lab's boards boot together and ask the
 * same question; the disk need not be looked at for each.
 */
export class UpToDateMemory {
  readonly #memories = new Map<string, Found & { readonly untilMs: number }>();

  recall(target: string): Found | undefined {
    const memory = this.#memories.get(target);
    if (memory === undefined) return undefined;
    if (performance.now() < memory.untilMs) return memory;
    this.#memories.delete(target);
    return undefined;
  }

  /** Forgets everything: what is handed out changed. */
  forget(): void {
    this.#memories.clear();
  }

  remember(target: string, { asked, resolution, servedBuildId }: Found): void {
    if (this.#memories.size >= UP_TO_DATE_ENTRIES) this.#memories.clear();
    this.#memories.set(target, { asked, resolution, servedBuildId, untilMs: performance.now() + UP_TO_DATE_AGE_MS });
  }
}
