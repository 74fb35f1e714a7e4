import { Owner } from './dispose.ts';

/** How long VS Code gets to draw the rows it asked for. On a busy machine, it asks for the next level after some 100 ms. */
const DRAWS_MS = 500;

/**
 * Delays redraws of a tree view until VS Code has asked for rows, and has had time to draw them. A change reported while
 * VS Code is still fetching rows makes it mix up two batches of requests (microsoft/vscode#243911): rows end up below the
 * wrong parent, or are missing, and stay so.
 */
export class TreeDrawing extends Owner {
  readonly #draw: () => void;
  readonly #drawsMs: number;
  #wasAsked = false;
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;

  /** `draw` reports what changed to VS Code; `drawsMs`: how long to wait after VS Code asked for rows. */
  constructor(draw: () => void, drawsMs = DRAWS_MS) {
    super();
    this.#draw = draw;
    this.#drawsMs = drawsMs;
    this.own({ dispose: () => clearTimeout(this.#timer) });
  }

  /** Call it whenever VS Code asks for rows. */
  asked(): void {
    if (this.isDisposed) return;
    this.#wasAsked = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#drawn(), this.#drawsMs);
  }

  /** Rows may have changed: calls `draw` now, or once VS Code has drawn what it asked for. */
  changed(): void {
    if (!this.#wasAsked) return;
    if (this.#timer === undefined) this.#draw();
    else this.#isDue = true;
  }

  #drawn(): void {
    this.#timer = undefined;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#draw();
  }
}
