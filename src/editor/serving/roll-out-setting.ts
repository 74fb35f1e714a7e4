import { EventEmitter } from 'node:events';
import type * as vscode from 'vscode';
import type { RollOutPlan, Stage } from '../../boards/roll-out.ts';
import { readStages, USUAL_STAGES } from '../../boards/stages.ts';
import { UserError } from '../../errors.ts';
import { type OnMessage, type Told, tell } from '../../words.ts';
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
  readonly #warn: OnMessage;
  #plan: RollOutPlan | undefined;
  /** The stages that were told to be wrong, as they are written. */
  #told: string | undefined;

  /** `warn`: told of stages that are none. */
  constructor(settings: Pick<Settings, 'rollOutStages' | 'rollOutWait'>, warn: OnMessage) {
    super();
    this.#settings = settings;
    this.#warn = warn;
    for (const { onDidChange } of [settings.rollOutStages, settings.rollOutWait]) {
      this.own<vscode.Disposable>(
        onDidChange(() => {
          this.#read(false);
          this.events.emit('changed');
        }),
      );
    }
    this.#read(true);
  }

  /** The plan; all boards get new builds at once without one. */
  readonly get = (): RollOutPlan | undefined => this.#plan;

  /** Stages that can't be read leave those that were in force: a typing error must not send a build to everyone. */
  #read(isFirst: boolean): void {
    const written = this.#settings.rollOutStages.get();
    const wait = waitOf(this.#settings.rollOutWait.get());
    try {
      const stages = stagesIn(written);
      this.#plan = stages && { stages, ...wait };
      this.#told = undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const held: RollOutPlan | undefined = isFirst ? { stages: USUAL_STAGES } : this.#plan;
      this.#plan = held?.waitMs === wait.waitMs ? held : held && { stages: held.stages, ...wait };
      this.#tell(wrongStages(error, isFirst), written);
    }
  }

  /** Tells of stages that are written wrong, unless that was told and something else changed. */
  #tell(told: Told, written: unknown): void {
    const before = this.#told;
    this.#told = JSON.stringify(written);
    if (this.#told !== before) tell(this.#warn, told);
  }
}

/** That stages are none, and which apply; `isFirst`: the window opened with them. */
function wrongStages(error: UserError, isFirst: boolean): Told {
  const told: Told = (words) => `mkbox.rollOut.stages: ${error.told(words)}`;
  if (!isFirst) return told;
  return (words) => words.t('{0}; until you correct it, new builds go out to 1 board, 10 % and then all', told(words));
}

/** The stages as a user wrote them; undefined for none. @throws UserError for anything but a list of stages */
function stagesIn(setting: unknown): readonly Stage[] | undefined {
  const entries: unknown[] | undefined = Array.isArray(setting) ? setting : undefined;
  // a number of boards is most naturally written as a number
  const texts = entries?.map((entry) => (typeof entry === 'number' ? String(entry) : entry));
  if (!texts?.every((text) => typeof text === 'string')) {
    throw new UserError((words) => words.t('stages are a list, such as {0}', '["1", "10%", "all"]'));
  }
  return texts.length === 0 ? undefined : readStages(texts);
}
