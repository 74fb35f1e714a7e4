import { EventEmitter } from 'node:events';
import type * as vscode from 'vscode';
import type { RollOutPlan } from '../../boards/roll-out.ts';
import { readStages } from '../../boards/stages.ts';
import { UserError } from '../../errors.ts';
import { Owner } from '../dispose.ts';
import type { Settings } from '../workspace/settings.ts';

const MINUTE_MS = 60_000;

/** After how long the next stage opens, too, by `mkbox.rollOut.wait`; 0 minutes: never. */
export function waitOf(minutes: number): Pick<RollOutPlan, 'waitMs'> {
  return minutes > 0 ? { waitMs: minutes * MINUTE_MS } : {};
}

/** In what stages new builds go out by the settings, read again when they change: each decision asks for it. */
export class RollOutSetting extends Owner {
  /** Another plan is in force, or none any more. */
  readonly events = new EventEmitter<{ changed: [] }>();
  readonly #settings: Pick<Settings, 'rollOutStages' | 'rollOutWait'>;
  readonly #warn: (text: string) => void;
  #plan: RollOutPlan | undefined;

  /** `warn`: told of stages that are none, in a line of English. */
  constructor(settings: Pick<Settings, 'rollOutStages' | 'rollOutWait'>, warn: (text: string) => void) {
    super();
    this.#settings = settings;
    this.#warn = warn;
    for (const { onDidChange } of [settings.rollOutStages, settings.rollOutWait]) {
      this.own<vscode.Disposable>(
        onDidChange(() => {
          this.#read();
          this.events.emit('changed');
        }),
      );
    }
    this.#read();
  }

  /** The plan; all boards get new builds at once without one. */
  readonly get = (): RollOutPlan | undefined => this.#plan;

  /** What can't be read leaves what was in force: a typing error must not send a build to everyone. */
  #read(): void {
    const texts = this.#settings.rollOutStages.get();
    try {
      const stages = readStages(texts);
      this.#plan = texts.length === 0 ? undefined : { stages, ...waitOf(this.#settings.rollOutWait.get()) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#warn(`mkbox.rollOut.stages: ${error.message}`);
    }
  }
}
