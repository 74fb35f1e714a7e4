import { setImmediate } from 'node:timers/promises';

/** In the editor other extensions run on the same thread, and a key that is pressed should be seen at once. */
const SLICE_MS = 10;

/** Work in slices: between two of them the thread's other work has its turn. */
export class Slices {
  #endMs = performance.now() + SLICE_MS;

  /** Lets other work have its turn when this slice is over. */
  async next(): Promise<void> {
    if (performance.now() < this.#endMs) return;
    await setImmediate();
    this.#endMs = performance.now() + SLICE_MS;
  }
}
