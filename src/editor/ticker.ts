import * as vscode from 'vscode';
import { Owner } from './dispose.ts';
import type { RequestLog } from './views/request-log.ts';

/** What moves is drawn at most so often: four times a second is smooth enough to see that it moves. */
const FRAME_MS = 250;

/** Says when to draw: soon after a change, not more often than a frame, and in every frame while an image is sent. */
export class Ticker extends Owner {
  readonly #drawn = this.own(new vscode.EventEmitter<void>());
  readonly #requests: RequestLog;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;

  readonly onDraw = this.#drawn.event;

  constructor(requests: RequestLog, ...changes: vscode.Event<unknown>[]) {
    super();
    this.#requests = requests;
    for (const change of [requests.onDidChange, ...changes]) this.own(change(() => this.#schedule()));
    this.own({ dispose: () => clearTimeout(this.#timer) });
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.isDisposed) return;
    const waitMs = Math.max(0, this.#lastMs + FRAME_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastMs = performance.now();
      this.#drawn.fire();
      if (this.#requests.sending.length > 0) this.#schedule();
    }, waitMs);
  }
}
