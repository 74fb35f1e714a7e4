import type { Act, Board, Pin, ServeOnce } from '../boards/board.ts';
import { tagOf } from '../boards/board-acts.ts';
import { cut } from '../boards/board-record.ts';
import type { BoardRegistry } from '../boards/board-registry.ts';
import { MOST_KEPT_TEXT } from '../boards/limits.ts';
import type { RollOutPlan } from '../boards/roll-out.ts';
import { USUAL_STAGES } from '../boards/stages.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';

/** Who acts. */
export interface ActsOptions {
  readonly registry: BoardRegistry;
  readonly audit: AuditLog;
  /** The name of the person, for those who ask later. */
  readonly by: string;
  /** Milliseconds since 1970; by the clock of the boards without it. */
  readonly now?: () => number;
  /** Called after each act, once for each of several boards. */
  readonly onAct?: () => void;
}

/**
 * What a person does to boards, however they ask for it. Each act is recorded, with who did it, when, and why; a long reason
 * is cut. `ids` are those of boards; one that is not known any more is left out.
 */
export class Acts {
  readonly #registry: BoardRegistry;
  readonly #audit: AuditLog;
  readonly #by: string;
  readonly #now: () => number;
  readonly #onAct: () => void;

  constructor({ registry, audit, by, now = registry.now, onAct = () => {} }: ActsOptions) {
    this.#registry = registry;
    this.#audit = audit;
    this.#by = cut(by, MOST_KEPT_TEXT);
    this.#now = now;
    this.#onAct = onAct;
  }

  /** Puts boards on hold: from their next requests on, they are answered as up to date. */
  hold(ids: readonly string[], why?: string): void {
    const act = this.#act(why);
    this.#each(ids, 'hold', { why }, ({ id }) => this.#registry.hold(id, act));
  }

  /** Releases boards from their holds, and from having been stopped as ones that flash themselves again and again. */
  release(ids: readonly string[], why?: string): void {
    this.#each(ids, 'release', { why }, ({ id }) => this.#registry.release(id));
  }

  /** From their next requests on, boards get `target`, whatever they ask for. */
  pin(ids: readonly string[], target: Pick<Pin, 'image' | 'box' | 'build'>, why?: string): void {
    const pin = { ...target, ...this.#act(why) };
    const { image, build } = target;
    this.#each(ids, 'pin', { why, image, build }, ({ id }) => this.#registry.pin(id, pin));
  }

  /** From their next requests on, boards get what they ask for. */
  unpin(ids: readonly string[], why?: string): void {
    this.#each(ids, 'unpin', { why }, ({ id }) => this.#registry.pin(id, undefined));
  }

  /** Boards get one update, and then what they got before; `image`: that, whatever they ask for. None that is on hold. */
  serveOnce(ids: readonly string[], target: Pick<ServeOnce, 'image' | 'box'> = {}, why?: string): void {
    const once = { ...target, ...this.#act(why) };
    this.#each(ids, 'serve once', { why, image: target.image }, ({ id }) => this.#registry.serveOnce(id, once));
  }

  /** Records that boards get images with a fault on purpose, as `--fault` has it, or `off` when no more. */
  faulty(ids: readonly string[], detail: string): void {
    this.#each(ids, 'fault', { detail }, () => {});
  }

  /** Adds tags to boards, and removes others. */
  tag(ids: readonly string[], wanted: { readonly add?: readonly string[]; readonly remove?: readonly string[] }): void {
    const add = (wanted.add ?? []).map(tagOf);
    const remove = (wanted.remove ?? []).map(tagOf);
    const detail = [...add.map((tag) => `+${tag}`), ...remove.map((tag) => `-${tag}`)].join(' ');
    this.#each(ids, 'tag', { detail }, ({ id, tags = [] }) => {
      this.#registry.tag(
        id,
        [...tags, ...add].filter((tag) => !remove.includes(tag)),
      );
    });
  }

  /** Names a board, or removes its name. */
  rename(id: string, name: string | undefined): void {
    this.#each([id], 'rename', { detail: name }, () => this.#registry.rename(id, name));
  }

  /** Forgets boards until they ask again. */
  forget(ids: readonly string[]): void {
    this.#each(ids, 'forget', {}, ({ id }) => this.#registry.forget(id));
  }

  /**
   * Sends a build of an image out by `plan`, and where that says nothing, as new builds go out here. `former`: the build before,
   * to go back to, where no roll-out tells.
   */
  rollOut(image: string, build: string, former: string | undefined, plan: Partial<RollOutPlan>, why?: string): void {
    const { rollOuts } = this.#registry;
    rollOuts.start(image, build, former, { stages: USUAL_STAGES, ...rollOuts.plan, ...plan });
    this.#recordRollOut(image, build, 'start', why);
  }

  /** Lets the roll-out of a build go on, whatever failed so far. As below, false where that is not under way any more. */
  continueRollOut(image: string, build: string, why?: string): boolean {
    const isDone = this.#registry.rollOuts.continue(image, build);
    if (isDone) this.#recordRollOut(image, build, 'continue', why);
    return isDone;
  }

  /** Boards that have not got the build keep what they run. */
  haltRollOut(image: string, build: string, why?: string): boolean {
    const isDone = this.#registry.rollOuts.halt(image, build, this.#act(why));
    if (isDone) this.#recordRollOut(image, build, 'halt', why);
    return isDone;
  }

  /** Every board gets the build from now on. */
  finishRollOut(image: string, build: string, why?: string): boolean {
    const isDone = this.#registry.rollOuts.finish(image, build);
    if (isDone) this.#recordRollOut(image, build, 'finish', why);
    return isDone;
  }

  /**
   * Records that a kept build of an image is served in place of the newest, or the newest again (`build` undefined). A
   * roll-out leads back to what was served last.
   */
  servesBuild(image: string, build: string | undefined, why?: string): void {
    const { rollOuts } = this.#registry;
    if (build === undefined) rollOuts.servesNewest(image);
    else rollOuts.servesInstead(image, build);
    const more = given({ image, build, detail: build === undefined ? 'newest' : undefined, why });
    this.#record({ atMs: this.#now(), by: this.#by, act: 'serve build', ...more });
  }

  /** Records that a build was published, by another process. */
  published(image: string, build: string): void {
    this.#record({ atMs: this.#now(), by: this.#by, act: 'publish', image, build });
  }

  #recordRollOut(image: string, build: string, detail: string, why: string | undefined): void {
    const more = given({ image, build, detail, why });
    this.#record({ atMs: this.#now(), by: this.#by, act: 'roll-out', ...more });
  }

  #record(entry: AuditEntry): void {
    this.#audit.record(entry);
    this.#onAct();
  }

  #act(why: string | undefined): Act {
    return { by: this.#by, atMs: this.#now(), ...(why === undefined ? {} : { why: cut(why, MOST_KEPT_TEXT) }) };
  }

  #each(
    ids: readonly string[],
    act: AuditEntry['act'],
    more: Optional<AuditEntry>,
    change: (board: Board) => void,
  ): void {
    for (const id of ids) {
      const board = this.#registry.get(id);
      if (board === undefined) continue;
      change(board);
      const { name, address } = board;
      this.#record({ atMs: this.#now(), by: this.#by, act, board: id, name: name ?? address, ...given(more) });
    }
  }
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** The members that have a value. */
function given(members: Optional<AuditEntry>): Partial<AuditEntry> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
