import { setTimeout } from 'node:timers/promises';
import type { ImageChecks } from '../checks/image-checks.ts';
import { systemErrorCode } from '../errors.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { CatalogImage, ImageSource } from '../images/catalog.ts';
import type { BuildName, KeptBuild } from './kept-build.ts';
import type { KeptBuilds } from './kept-builds.ts';
import { type BuildUse, buildsToRemove, hasRoomFor, type KeepBounds } from './pruning.ts';

/** As long as nothing else was to be done before a build is copied aside; and how often it is seen to while it is. */
const PACES: KeeperPaces = { idle: 3_000, look: 250 };

/** What could not be kept for want of room is tried again after this time: someone may have made some. */
const TRY_AGAIN_MS = 5 * 60_000;

/** Why a build is not kept that the bounds leave no room for. */
const FULL = 'those that stay take all the space that kept builds may';

/** In milliseconds. */
export interface KeeperPaces {
  /** How long after something was found out it is kept. */
  readonly idle: number;
  /** How often it is seen to that nothing else is to be done. */
  readonly look: number;
}

export interface KeeperParts {
  readonly builds: KeptBuilds;
  /** The images as they are in their folders: of each, the newest build. */
  readonly catalog: ImageSource;
  readonly checks: ImageChecks;
  readonly bounds: () => KeepBounds;
  /** Whether boards are being served: copying gives way. */
  readonly isBusy: () => boolean;
  /** Whether a build must stay: it is pinned, or being sent. */
  readonly isNeeded: (name: BuildName) => boolean;
  /** Whether a known board runs that build. */
  readonly isRun: (buildId: string) => boolean;
  /** Told what can't be kept, and why, in lines of English. */
  readonly onMessage: (text: string) => void;
  readonly paces?: KeeperPaces;
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
  /** What could not be kept, by the images, and when that was tried last (`performance.now()`). */
  readonly #failed = new Map<string, { readonly atMs: number; readonly text: string }>();
  /** Whether it was told that the bounds leave no room: of hundreds of images, it is told of one. */
  #isTold = false;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isAskedAgain = false;
  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#paces = parts.paces ?? PACES;
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
  }

  async #work(): Promise<void> {
    try {
      await this.#giveWay();
      const { builds, catalog } = this.#parts;
      await builds.refresh();
      for (const image of (await catalog.refresh()).images) {
        if (this.#isToBeKept(image)) await this.#keep(image);
      }
      await this.#prune();
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

  async #keep(image: CatalogImage): Promise<void> {
    const { state, id } = image;
    if (state.kind !== 'ready' || this.#failedLately(id)) return;
    const { builds, bounds } = this.#parts;
    const isKept = builds.find({ imageId: id, buildId: state.buildId }) !== undefined;
    if (!isKept && !hasRoomFor(state.zstBytes, builds.list, bounds(), (build) => this.#useOf(build))) {
      return this.#fail(id, state.buildId, FULL);
    }
    try {
      const result = await builds.keep(image, () => this.#giveWay());
      if (result === 'no room') return this.#fail(id, state.buildId, 'the disk has no room for it and the next build');
      if (result === 'kept' || result === 'kept already') this.#newest.set(id, state.buildId);
      this.#failed.delete(id);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined || this.#abort.signal.aborted) throw error;
      this.#fail(id, state.buildId, code);
    }
  }

  #failedLately(imageId: string): boolean {
    const failed = this.#failed.get(imageId);
    return failed !== undefined && performance.now() - failed.atMs < TRY_AGAIN_MS;
  }

  /** Tells it once of a build, as long as the reason is the same. */
  #fail(imageId: string, buildId: string, why: string): void {
    const text = `can't keep build ${shortBuildId(buildId)} of ${imageId} (${why}); it is served all the same`;
    const before = this.#failed.get(imageId)?.text;
    this.#failed.set(imageId, { atMs: performance.now(), text });
    if (text === before || (why === FULL && this.#isTold)) return;
    this.#isTold ||= why === FULL;
    this.#parts.onMessage(text);
  }

  async #prune(): Promise<void> {
    const { builds, bounds, onMessage } = this.#parts;
    for (const { id, buildId } of buildsToRemove(builds.list, bounds(), (build) => this.#useOf(build))) {
      try {
        await builds.remove({ imageId: id, buildId });
      } catch (error) {
        const code = systemErrorCode(error);
        if (code === undefined) throw error;
        onMessage(`can't remove build ${shortBuildId(buildId)} of ${id} (${code})`);
      }
    }
  }

  #useOf({ id, buildId }: KeptBuild): BuildUse {
    const { builds, catalog, isNeeded, isRun } = this.#parts;
    const name = { imageId: id, buildId };
    if (builds.choiceOf(id)?.build === buildId || isNeeded(name)) return 'needed';
    const image = catalog.snapshot.byId.get(id);
    const newest = image?.state.kind === 'ready' ? image.state.buildId : this.#newest.get(id);
    if (newest === buildId) return 'newest';
    return isRun(buildId) ? 'running' : 'free';
  }
}
