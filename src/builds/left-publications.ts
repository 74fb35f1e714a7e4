import { systemErrorCode } from '../errors.ts';
import type { CatalogImage, CatalogSnapshot, ImageSource } from '../images/catalog.ts';
import { SET_FILES } from '../images/image-name.ts';
import { recoverBox } from './publish-recovery.ts';

/** Boards that ask meanwhile boot their old build; a look costs as many looks at folders as there are boxes. */
const LOOK_MS = 60_000;

export interface LeftPublicationsParts {
  /** The images as they are in their folders. */
  readonly catalog: ImageSource;
  /** Told of a box once, until it is whole: the system's code for why a set in part can't be made whole. */
  readonly onFailure: (folder: string, code: string) => void;
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
  #working: Promise<void>;
  #isWorking = true;

  constructor(parts: LeftPublicationsParts) {
    this.#parts = parts;
    this.#working = this.#look(({ boxes }) => boxes.map((box) => box.path));
    this.#timer = setInterval(() => {
      if (!this.#isWorking) this.#working = this.#look(foldersInPart);
    }, parts.everyMs ?? LOOK_MS).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#abort.abort();
    await this.#working;
  }

  async #look(choose: (snapshot: CatalogSnapshot) => readonly string[]): Promise<void> {
    this.#isWorking = true;
    const folders = choose(await this.#parts.catalog.refresh());
    for (const folder of this.#told) if (!folders.includes(folder)) this.#told.delete(folder);
    await Promise.all(folders.map((folder) => this.#recover(folder)));
    this.#isWorking = false;
  }

  async #recover(folder: string): Promise<void> {
    const { signal } = this.#abort;
    try {
      await recoverBox(folder, signal);
    } catch (error) {
      if (signal.aborted) return;
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
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
