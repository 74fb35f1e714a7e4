/** What was read of images, kept until the image is rebuilt. Of more than so many, what was read first goes. */
export class KeptByBuild<T> {
  readonly #most: number;
  readonly #kept = new Map<string, { readonly build: string; readonly value: Promise<T> }>();

  constructor(most: number) {
    this.#most = most;
  }

  /** What is kept under an ID of that build, else what `read` answers, kept from now on; a failure is not kept. */
  get(id: string, build: string, read: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(id);
    if (kept?.build === build) return kept.value;
    this.#kept.delete(id);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= this.#most && oldest !== undefined) this.#kept.delete(oldest);
    const entry = { build, value: read() };
    this.#kept.set(id, entry);
    entry.value.catch(() => this.#kept.get(id) === entry && this.#kept.delete(id)); // whoever asked gets the error
    return entry.value;
  }

  /** Lets it be read again. */
  forget(id: string): void {
    this.#kept.delete(id);
  }
}
