import { systemErrorCode } from '../errors.ts';
import type { CatalogImage, CatalogSnapshot, ImageSource } from '../images/catalog.ts';
import { SET_FILES } from '../images/image-name.ts';
import { recoverBox } from './publish-recovery.ts';

/** Boards that ask meanwhile boot their old build; a look costs as many looks at folders as there are boxes. */
const LOOK_MS = 60_000;

/** The folders to look at. */
type Choice = (snapshot: CatalogSnapshot) => readonly string[];

export interface LeftPublicationsParts {
  /** The images as they are in their folders. */
  readonly catalog: Pick<ImageSource, 'refresh'>;
  /** Told of a box once, until it is whole: the system's code for why a set in part can't be made whole. */
  readonly onFailure: (folder: string, code: string) => void;
  /** Told of a bug in a look; the next one comes all the same. */
  readonly onBug: (bug: unknown) => void;
  readonly everyMs?: number;
}

/**
 * Makes whole what publications left that were killed: whatever there is at the start, and later on where a set is in part, so
 * that boards get nothing. Dispose it.
 */
export class LeftPublications implements AsyncDisposable {
  readonly #parts: LeftPublicationsParts;
  readonly #abort = new AbortController();
  readonly #told = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #working: Promise<void> | undefined;

  constructor(parts: LeftPublicationsParts) {
    this.#parts = parts;
    this.#begin(({ boxes }) => boxes.map((box) => box.path));
    this.#timer = setInterval(() => this.#begin(foldersInPart), parts.everyMs ?? LOOK_MS).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#abort.abort();
    await this.#working;
  }

  /** Begins a look, unless one is under way: it may wait for someone who publishes. */
  #begin(choose: Choice): void {
    this.#working ??= this.#look(choose)
      .catch(this.#parts.onBug)
      .finally(() => {
        this.#working = undefined;
      });
  }

  async #look(choose: Choice): Promise<void> {
    const folders = choose(await this.#parts.catalog.refresh());
    for (const folder of this.#told) if (!folders.includes(folder)) this.#told.delete(folder);
    await Promise.all(folders.map((folder) => this.#recover(folder)));
  }

  async #recover(folder: string): Promise<void> {
    const { signal } = this.#abort;
    try {
      await recoverBox(folder, signal);
    } catch (error) {
      if (signal.aborted) return;
      const code = systemErrorCode(error);
      if (code === undefined) return this.#parts.onBug(error);
      if (!this.#told.has(folder)) this.#parts.onFailure(folder, code);
      this.#told.add(folder);
    }
  }
}

/** Where a set has no checksums: `publishSet` puts them aside first, and in their place last. */
function foldersInPart({ images }: CatalogSnapshot): string[] {
  return [...new Set(images.filter(lacksChecksums).map(({ folder }) => folder))];
}

function lacksChecksums({ image, state }: CatalogImage): boolean {
  if (state.kind !== 'incomplete') return false;
  return state.fault.problem === 'missing' && state.fault.file === image + SET_FILES.checksums;
}
