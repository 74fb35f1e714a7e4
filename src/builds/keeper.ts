import { setTimeout } from 'node:timers/promises';
import type { ImageChecks } from '../checks/image-checks.ts';
import { codeText } from '../code-text.ts';
import { systemErrorCode, UserError } from '../errors.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { CatalogImage, ImageSource } from '../images/catalog.ts';
import { buildIdOf } from '../images/image-state.ts';
import { ENGLISH, type OnMessage, type Told, tell } from '../words.ts';
import type { BuildName, KeptBuild } from './kept-build.ts';
import type { KeptBuilds } from './kept-builds.ts';
import { type BuildUse, buildsToRemove, hasRoomFor, type KeepBounds } from './pruning.ts';

const PACES: KeeperPaces = { idle: 3_000, look: 250, again: 5 * 60_000 };

/** Why a build is not kept that the bounds leave no room for. */
const FULL: Told = (words) => words.t('those that stay take all the space that kept builds may');
const NO_ROOM: Told = (words) => words.t('the disk has no room for it and the next build');

/** In milliseconds. */
export interface KeeperPaces {
  /** How long after something was found out it is kept. */
  readonly idle: number;
  /** How often it is seen to that nothing else is to be done. */
  readonly look: number;
  /** How long after a build could not be kept that is tried again, unless builds were removed: someone may have made room. */
  readonly again: number;
}

/** A build that could not be kept, the bounds at that time, and when it was (`performance.now()`). */
interface Failure {
  readonly buildId: string;
  readonly bounds: KeepBounds;
  readonly atMs: number;
  readonly text: string;
}

export interface KeeperParts {
  readonly builds: KeptBuilds;
  /** The images as they are in their folders: of each, the newest build. */
  readonly catalog: ImageSource;
  readonly checks: ImageChecks;
  readonly bounds: () => KeepBounds;
  /** Whether boards are being served: copying gives way. */
  readonly isBusy: () => boolean;
  /** Whether a build must stay: it is pinned, being sent, or what a roll-out leads back to. */
  readonly isNeeded: (name: BuildName) => boolean;
  /** Whether a known board runs that build. */
  readonly isRun: (buildId: string) => boolean;
  /** Told what can't be kept, and why. */
  readonly onMessage: OnMessage;
  readonly paces?: Partial<KeeperPaces>;
}

/**
 * Copies each build aside that was found right, while nothing else is to be done, before the next build overwrites it;
 * and removes those that are beyond the bounds. Close it.
 */
export class Keeper {
  readonly #parts: KeeperParts;
  readonly #paces: KeeperPaces;
  readonly #abort = new AbortController();
  /** The newest build of each image, as it was seen last. */
  readonly #newest = new Map<string, string>();
  /** What the disk did not take, by the images. */
  readonly #failed = new Map<string, Failure>();
  /** The bounds that were told to leave no room, until they do: of hundreds of images, it is told of one. */
  #toldFull: KeepBounds | undefined;
  /** What was told of builds that could not be removed at the last look. */
  #unremoved: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isAskedAgain = false;
  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#paces = { ...PACES, ...parts.paces };
    parts.checks.events.on('right', this.look);
    parts.checks.events.on('examined', this.look);
    this.look();
  }

  /** Keeps and removes what there is to, soon: what is known of images has changed, or the bounds, or what is needed. */
  readonly look = () => {
    if (this.#abort.signal.aborted) return;
    this.#isAskedAgain = this.#working !== undefined;
    if (this.#isAskedAgain) return;
    this.#timer ??= globalThis
      .setTimeout(() => {
        this.#timer = undefined;
        this.#working = this.#work().finally(() => {
          this.#working = undefined;
          if (this.#isAskedAgain) this.look();
        });
      }, this.#paces.idle)
      .unref();
  };

  /** Ends what runs; what was not copied to its end is not kept. */
  async close(): Promise<void> {
    const { events } = this.#parts.checks;
    events.off('right', this.look);
    events.off('examined', this.look);
    clearTimeout(this.#timer);
    this.#abort.abort();
    await this.#working;
    clearTimeout(this.#again);
  }

  async #work(): Promise<void> {
    try {
      await this.#giveWay();
      const { builds, catalog } = this.#parts;
      await builds.refresh();
      let isFull = false;
      for (const image of (await catalog.refresh()).images) {
        if (this.#isToBeKept(image) && (await this.#keep(image)) === 'full') isFull = true;
      }
      if (!isFull) this.#toldFull = undefined;
      if (await this.#prune()) this.#tryFailedAgain();
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }

  /** Waits until nothing else is to be done. @throws when the keeper is closed */
  async #giveWay(): Promise<void> {
    const { signal } = this.#abort;
    const { checks, isBusy } = this.#parts;
    signal.throwIfAborted();
    while (isBusy() || checks.isExamining) await setTimeout(this.#paces.look, undefined, { signal, ref: false });
  }

  #isToBeKept(image: CatalogImage): boolean {
    const { state, id } = image;
    const { builds, checks, bounds } = this.#parts;
    if (state.kind !== 'ready' || bounds().builds === 0) return false;
    const judgement = checks.judgement({ ...state, image: image.image, identity: state.zstIdentity });
    const isRight =
      judgement?.findings.length === 0 && judgement.gaps.every(({ kind }) => kind !== 'not looked inside');
    if (!isRight) return false;
    const isNew = this.#newest.get(id) !== state.buildId;
    return isNew || builds.find({ imageId: id, buildId: state.buildId })?.state.kind !== 'ready';
  }

  /** Answers whether the bounds leave no room for it, which costs nothing to find out, and is found out at each look. */
  async #keep(image: CatalogImage): Promise<'full' | undefined> {
    const { state, id } = image;
    if (state.kind !== 'ready') return undefined;
    const { builds, bounds } = this.#parts;
    const isKept = builds.find({ imageId: id, buildId: state.buildId }) !== undefined;
    if (!isKept && !hasRoomFor(state.zstBytes, builds.list, bounds(), (build) => this.#useOf(build))) {
      this.#tellFull(id, state.buildId);
      return 'full';
    }
    if (this.#hasFailedLately(id, state.buildId)) return undefined;
    try {
      let result = await builds.keep(image, () => this.#giveWay());
      // what has to go, and did not yet, may make room
      if (result === 'no room' && (await this.#prune())) result = await builds.keep(image, () => this.#giveWay());
      if (result === 'no room') this.#fail(id, state.buildId, NO_ROOM);
      else this.#failed.delete(id);
      if (result === 'kept' || result === 'kept already') this.#newest.set(id, state.buildId);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined || this.#abort.signal.aborted) throw error;
      this.#fail(id, state.buildId, (words) => codeText(code, words));
    }
    return undefined;
  }

  #hasFailedLately(imageId: string, buildId: string): boolean {
    const failed = this.#failed.get(imageId);
    return (
      failed?.buildId === buildId &&
      sameBounds(failed.bounds, this.#parts.bounds()) &&
      performance.now() - failed.atMs < this.#paces.again
    );
  }

  /** There is more room on the disk. */
  #tryFailedAgain(): void {
    if (this.#failed.size === 0) return;
    for (const [id, failure] of this.#failed) this.#failed.set(id, { ...failure, atMs: Number.NEGATIVE_INFINITY });
    this.look();
  }

  /** Tells it once of a build, as long as the reason is the same. */
  #fail(imageId: string, buildId: string, why: Told): void {
    const told = unkept(imageId, buildId, why);
    const text = told(ENGLISH);
    const before = this.#failed.get(imageId)?.text;
    this.#failed.set(imageId, { buildId, bounds: { ...this.#parts.bounds() }, atMs: performance.now(), text });
    this.#lookAgain();
    if (text !== before) this.#parts.onMessage(text, told);
  }

  #tellFull(imageId: string, buildId: string): void {
    const bounds = this.#parts.bounds();
    const isTold = this.#toldFull !== undefined && sameBounds(this.#toldFull, bounds);
    this.#toldFull = { ...bounds };
    this.#lookAgain();
    if (!isTold) tell(this.#parts.onMessage, unkept(imageId, buildId, FULL));
  }

  /** Looks after a while even if nothing else happens by then. */
  #lookAgain(): void {
    clearTimeout(this.#again);
    this.#again = globalThis.setTimeout(this.look, this.#paces.again).unref();
  }

  /** Removes what is beyond the bounds; whether there was anything. */
  async #prune(): Promise<boolean> {
    const { builds, bounds, onMessage } = this.#parts;
    const unremoved = new Map<string, Told>();
    let hasRemoved = false;
    for (const { id, buildId } of buildsToRemove(builds.list, bounds(), (build) => this.#useOf(build))) {
      try {
        await builds.remove({ imageId: id, buildId }, () => this.#requireUnneeded({ imageId: id, buildId }));
        hasRemoved = true;
      } catch (error) {
        if (error instanceof UserError) continue; // it came to be needed, or another process chose to serve it
        const code = systemErrorCode(error);
        if (code === undefined) throw error;
        const told: Told = (words) =>
          words.t("can't remove build {0} of {1} ({2})", shortBuildId(buildId), id, codeText(code, words));
        unremoved.set(told(ENGLISH), told);
      }
    }
    for (const [text, told] of unremoved) if (!this.#unremoved.has(text)) onMessage(text, told);
    this.#unremoved = new Set(unremoved.keys());
    if (unremoved.size > 0) this.#lookAgain();
    return hasRemoved;
  }

  /** @throws UserError where a build must stay: it came to be needed while others were removed */
  #requireUnneeded(name: BuildName): void {
    if (this.#parts.isNeeded(name)) throw new UserError(`build ${shortBuildId(name.buildId)} is needed`);
  }

  #useOf({ id, buildId }: KeptBuild): BuildUse {
    const { builds, catalog, isNeeded, isRun } = this.#parts;
    const name = { imageId: id, buildId };
    if (builds.choiceOf(id)?.build === buildId || isNeeded(name)) return 'needed';
    const newest = buildIdOf(catalog.snapshot.byId.get(id)) ?? this.#newest.get(id);
    if (newest === buildId) return 'newest';
    return isRun(buildId) ? 'running' : 'free';
  }
}

function sameBounds(one: KeepBounds, other: KeepBounds): boolean {
  return one.builds === other.builds && one.bytes === other.bytes;
}

function unkept(imageId: string, buildId: string, why: Told): Told {
  const build = shortBuildId(buildId);
  return (words) => words.t("can't keep build {0} of {1} ({2}); it is served all the same", build, imageId, why(words));
}
