import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

/**
 * Watches folders, not what is below them, and calls back when something changed in one of them. Only a hint: systems
 * run out of watches, and network mounts have none.
 */
export class FolderWatch {
  readonly #onHint: () => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(onHint: () => void) {
    this.#onHint = onHint;
  }

  /** Watches `folders` from now on, and no others. */
  watchOnly(folders: Iterable<string>): void {
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (!this.#watchers.has(folder)) this.#watch(folder);
    }
  }

  close(): void {
    this.watchOnly([]);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        // inotify(7): a folder that goes is told of under its own name, and its watch is gone with it
        if (event === 'rename' && name === path.basename(folder)) this.#forget(folder, watcher);
        this.#onHint();
      });
      watcher.on('error', () => this.#forget(folder, watcher));
      this.#watchers.set(folder, watcher);
    } catch {
      // no watch to be had: the owner looks by itself from time to time
    }
  }

  #forget(folder: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
  }
}
