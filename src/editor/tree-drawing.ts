import { Owner } from './dispose.ts';

/** How long after it asked for rows the editor is taken to draw: it asks for those below them a tenth of that later. */
const DRAWS_MS = 500;

/**
 * Says when the rows of a view may be drawn anew: not before the editor asked for any, and not while it draws those it
 * asked for. VS Code that is told of a change in that time takes the rows below one row for those below another, or for
 * none, and leaves them so: it confuses two batches of requests when it has rows already (microsoft/vscode#243911).
 */
export class TreeDrawing extends Owner {
  readonly #draw: () => void;
  readonly #drawsMs: number;
  #wasAsked = false;
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;

  /** `draw` draws what changed; `drawsMs` is how long the editor is left alone after it asked. */
  constructor(draw: () => void, drawsMs = DRAWS_MS) {
    super();
    this.#draw = draw;
    this.#drawsMs = drawsMs;
    this.own({ dispose: () => clearTimeout(this.#timer) });
  }

  /** The editor asks for rows, and gets them as they are now. */
  asked(): void {
    if (this.isDisposed) return;
    this.#wasAsked = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#drawn(), this.#drawsMs);
  }

  /** Rows may have changed: they are drawn at once, or when the editor has drawn what it asked for. */
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
