import { systemErrorCode } from '../errors.ts';
import type { CatalogImage } from '../images/catalog.ts';
import type { ImageState } from '../images/image-state.ts';
import type { ImageChecks } from './image-checks.ts';
import { keyOf } from './known-examinations.ts';

/** How long after a look images are examined: builds come in bursts, and who asks at once goes first. */
const IDLE_MS = 2_000;

/** More files than a window sees. */
const MOST_TRIED = 10_000;

export interface IdleChecksParts {
  readonly checks: ImageChecks;
  /** What may be examined. */
  readonly images: () => readonly CatalogImage[];
  /** Whether something is under way that an examination must not slow down, or none is wanted. */
  readonly isBusy: () => boolean;
  /** Gets a bug. */
  readonly onFailure: (error: unknown) => void;
  readonly idleMs?: number;
}

interface ReadyImage {
  readonly image: CatalogImage;
  readonly state: Extract<ImageState, { kind: 'ready' }>;
}

/**
 * Examines the images of which nothing is known, the newest build first, one at a time, while nothing else is to be done,
 * so that what is wrong with one shows before a board asks for it. It gives way at once. Close it.
 */
export class IdleChecks {
  readonly #parts: IdleChecksParts;
  readonly #idleMs: number;
  /** The states of files that were examined, or could not be: what is known of many may be forgotten. */
  readonly #tried = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running: AbortController | undefined;
  #isWorking = false;
  #isClosed = false;

  constructor(parts: IdleChecksParts) {
    this.#parts = parts;
    this.#idleMs = parts.idleMs ?? IDLE_MS;
  }

  /** Examines what there is to, soon: there may be other images, or more or less else to do. */
  readonly look = (): void => {
    if (this.#isClosed) return;
    if (this.#parts.isBusy()) this.#running?.abort();
    if (this.#isWorking) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#work().catch(this.#parts.onFailure);
    }, this.#idleMs).unref();
  };

  /** How many images are still to be examined, while that goes on. */
  get left(): number {
    return this.#running === undefined ? 0 : this.#unknown().length;
  }

  /** Stops what runs. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  async #work(): Promise<void> {
    const { checks, isBusy } = this.#parts;
    if (checks.isExamining) return this.look(); // who is waited for goes first
    this.#isWorking = true;
    try {
      while (!this.#isClosed && !isBusy()) {
        const [next] = this.#unknown().sort((a, b) => b.state.builtAtMs - a.state.builtAtMs);
        if (next === undefined) return;
        await this.#examine(next);
      }
    } finally {
      this.#isWorking = false;
    }
  }

  #unknown(): ReadyImage[] {
    const { checks, images } = this.#parts;
    return images().flatMap((image) => {
      const { state } = image;
      if (state.kind !== 'ready' || checks.known(state.zstIdentity) !== undefined) return [];
      return this.#tried.has(keyOf(state.zstIdentity)) ? [] : [{ image, state }];
    });
  }

  async #examine({ image, state }: ReadyImage): Promise<void> {
    const { root, folder, image: name } = image;
    const abort = new AbortController();
    this.#running = abort;
    try {
      const file = { root, folder, image: name, identity: state.zstIdentity };
      await this.#parts.checks.examine(file, { urgency: 'some time', signal: abort.signal });
    } catch (error) {
      if (abort.signal.aborted) return;
      if (systemErrorCode(error) === undefined) throw error;
    } finally {
      this.#running = undefined;
    }
    // such a state of a file is not tried again: when the file changes, it has another one
    if (this.#tried.size === MOST_TRIED) this.#tried.clear();
    this.#tried.add(keyOf(state.zstIdentity));
  }
}
