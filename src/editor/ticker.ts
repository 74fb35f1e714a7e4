import * as vscode from 'vscode';
import { ChangeClock } from '../boards/change-clock.ts';
import { Owner } from './dispose.ts';
import type { RequestLog } from './views/request-log.ts';

/** Says when to draw: soon after a change, not more often than a frame, and in every frame while an image is sent. */
export class Ticker extends Owner {
  readonly #drawn = this.own(new vscode.EventEmitter<void>());

  readonly onDraw = this.#drawn.event;

  constructor(requests: RequestLog, ...changes: vscode.Event<unknown>[]) {
    super();
    const clock = new ChangeClock({
      tell: () => this.#drawn.fire(),
      isMoving: () => requests.sending.length > 0,
    });
    for (const change of [requests.onDidChange, ...changes]) this.own(change(() => clock.changed()));
    this.own({ dispose: () => clock.close() });
  }
}
