import { EventEmitter } from 'node:events';
import { realpath, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { bugText, systemErrorCode, UserError, unlessBug } from '../errors.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { CatalogImage } from '../images/catalog.ts';
import { SET_FILES } from '../images/image-name.ts';
import { type ImageSet, openImageSet } from '../images/image-set.ts';
import { sameIdentity } from '../images/pinned-file.ts';
import { syncFolder } from '../images/sync-folder.ts';
import { type OnMessage, tell } from '../words.ts';
import { type Choice, readChoices, writeChoices } from './choices.ts';
import { clearLock, lockFolder } from './folder-lock.ts';
import { type BuildName, buildFolderOf, type KeptBuild } from './kept-build.ts';
import { copyAside, type KeptFor } from './kept-copy.ts';
import { type Kept, lookAtKept, sameBuilds } from './kept-folder.ts';
import { goneName, partName } from './passing-folder.ts';
import { Unread } from './unread.ts';

const CHOICES_FILE = 'choices.json';
/** Who chooses locks it, so that no choice of another process is lost. */
const CHOOSING_FOLDER = '.choosing';

/** What came of keeping a build; `changed` when it is no longer the one that was seen, `unreadable` as of `copySet`. */
export type KeepResult = 'kept' | 'kept already' | 'changed' | 'no room' | 'unreadable';

/**
 * The builds that were copied aside, and which of them are served in place of the newest of their images: a folder
 * `<box>/<image>/<build ID>` for each, and a file for the choices. Both are whole whenever the process ends: what is not
 * complete has another name, and goes at the next start. Several processes may keep builds in it.
 */
export class KeptBuilds {
  /** `changed`: a build was kept or removed, or what an image serves was chosen. */
  readonly events = new EventEmitter<{ changed: [] }>();
  readonly #folder: string;
  readonly #choicesPath: string;
  readonly #choosingPath: string;
  readonly #onMessage: OnMessage;
  readonly #unread: Unread;
  readonly #keptFor: KeptFor;
  /** The folder, resolved: nothing outside it is opened. */
  #root: string;
  #kept: Kept = { builds: new Map(), inspections: new Map() };
  #choices = new Map<string, Choice>();
  #published = new WeakMap<CatalogImage, CatalogImage>();
  #changes = 0;
  /** What changes the folder is done one after another. */
  #work: Promise<unknown> = Promise.resolve();
  /** So are copies, which take long, and keep nobody waiting who chooses or removes a build. */
  #copying: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, onMessage: OnMessage, keptFor: KeptFor) {
    this.#folder = path.resolve(folder);
    this.#choicesPath = path.join(this.#folder, CHOICES_FILE);
    this.#choosingPath = path.join(this.#folder, CHOOSING_FOLDER);
    this.#root = this.#folder;
    this.#onMessage = onMessage;
    this.#unread = new Unread(onMessage, () => {
      this.refresh().catch((bug: unknown) => tell(onMessage, () => bugText(bug)));
    });
    this.#keptFor = keptFor;
  }

  /**
   * Reads what is kept in `folder`, which is made when there is something to keep. It never fails: what can't be read is
   * not kept, and `onMessage` told. `keptFor`: who reads what is kept by this.
   */
  static async open(folder: string, onMessage: OnMessage, keptFor: KeptFor = 'this user'): Promise<KeptBuilds> {
    const kept = new KeptBuilds(folder, onMessage, keptFor);
    await kept.#lookAtChoices();
    await kept.#scan({ isFirst: true });
    await clearLock(kept.#choosingPath).catch(unlessBug); // the scan tells what can't be read
    return kept;
  }

  /** How often something changed: as long as it is the same, so is what `published` gives. */
  get changes(): number {
    return this.#changes;
  }

  /** All of them. */
  get list(): readonly KeptBuild[] {
    return [...this.#kept.builds.values()].flat();
  }

  /** Those of an image, the one kept last first. */
  of(imageId: string): readonly KeptBuild[] {
    return this.#kept.builds.get(imageId) ?? [];
  }

  /** One of them: opened, checked and sent like any other image. */
  find({ imageId, buildId }: BuildName): KeptBuild | undefined {
    return this.of(imageId).find((build) => build.buildId === buildId);
  }

  /** The build that is served in place of an image's newest, if someone chose one. */
  choiceOf(imageId: string): Choice | undefined {
    return this.#choices.get(imageId);
  }

  /** The image as boards get it: itself, or the earlier build that is served in its place, whether that is there or not. */
  published(image: CatalogImage): CatalogImage {
    const choice = this.#choices.get(image.id);
    if (choice === undefined) return image;
    const known = this.#published.get(image);
    if (known !== undefined) return known;
    const published = this.#inPlaceOf(image, choice);
    this.#published.set(image, published);
    return published;
  }

  /**
   * Looks at the folder: another process may have kept a build, or chosen one, and someone removed one. While some of it can't be
   * read, that is done by itself every minute.
   */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      this.#unread.begin();
      await this.#lookAtChoices();
      await this.#scan({ isFirst: false });
    });
  }

  /**
   * Copies `image` aside, which was found right in the state that it was seen in. `giveWay` is awaited before each piece.
   * @throws system errors, and what `giveWay` throws; then nothing is left of it.
   */
  keep(image: CatalogImage, giveWay: () => Promise<void> = async () => {}): Promise<KeepResult> {
    const kept = this.#copying.then(() => this.#keep(image, giveWay));
    this.#copying = kept.catch(() => {}); // whoever asked for it is told
    return kept;
  }

  /** Removes a kept build, unless `mayGo` throws; what is being sent is sent to its end. @throws UserError where it is served, system errors */
  remove(name: BuildName, mayGo: () => void = () => {}): Promise<void> {
    return this.#inTurn(async () => {
      await this.#readChoices();
      mayGo();
      if (this.#choices.get(name.imageId)?.build === name.buildId) {
        throw new UserError(
          `build ${shortBuildId(name.buildId)} is served in place of the newest of ${name.imageId}: serve the newest first`,
        );
      }
      await this.#remove(name);
      await this.#scan({ isFirst: false });
    });
  }

  /** Serves a kept build in place of the newest of its image, until `serveNewest`. @throws UserError where there is no such build, system errors */
  serveAgain(name: BuildName, act: Pick<Choice, 'by' | 'atMs' | 'why'>): Promise<void> {
    return this.#inTurn(async () => {
      if (this.find(name) === undefined) {
        throw new UserError(`no build ${shortBuildId(name.buildId)} of ${name.imageId} is kept`);
      }
      const choice = { ...act, image: name.imageId, build: name.buildId };
      await using _lock = await lockFolder(this.#choosingPath);
      await this.#readChoices();
      await this.#choose(new Map([...this.#choices, [name.imageId, choice]]));
    });
  }

  /** Serves the newest build of an image again. @throws system errors */
  serveNewest(imageId: string): Promise<void> {
    return this.#inTurn(async () => {
      await using _lock = await lockFolder(this.#choosingPath);
      await this.#readChoices();
      const choices = new Map(this.#choices);
      if (choices.delete(imageId)) await this.#choose(choices);
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#work.then(act);
    this.#work = done.catch(() => {}); // whoever asked for it is told
    return done;
  }

  /** Takes what other processes chose. What can't be read is told, and leaves what was known. */
  async #lookAtChoices(): Promise<void> {
    try {
      await this.#readChoices();
    } catch (error) {
      this.#unread.isUnreadable('choices', this.#choicesPath, error);
    }
  }

  /** The same, for who goes by what was chosen, or writes it: what is not known would be lost. @throws system errors */
  async #readChoices(): Promise<void> {
    const choices = await readChoices(this.#choicesPath, this.#onMessage);
    if (JSON.stringify([...choices]) === JSON.stringify([...this.#choices])) return;
    this.#choices = choices;
    this.#changed();
  }

  async #choose(choices: Map<string, Choice>): Promise<void> {
    await writeChoices(this.#choicesPath, choices.values());
    this.#choices = choices;
    this.#changed();
  }

  #changed(): void {
    this.#changes++;
    this.#published = new WeakMap();
    this.events.emit('changed');
  }

  #inPlaceOf(image: CatalogImage, choice: Choice): CatalogImage {
    const inPlaceOf = { newest: image, choice };
    const name = { imageId: image.id, buildId: choice.build };
    const build = this.find(name);
    const isNewest = image.state.kind === 'ready' && image.state.buildId === choice.build; // it was published again
    if (isNewest && build?.state.kind !== 'ready') return { ...image, inPlaceOf };
    if (build !== undefined) return { ...build, inPlaceOf };
    const fault = { file: image.image + SET_FILES.zst, problem: 'missing' } as const;
    const folder = buildFolderOf(this.#root, name) ?? this.#root;
    return { ...image, isKept: true, root: this.#root, folder, state: { kind: 'incomplete', fault }, inPlaceOf };
  }

  async #keep(image: CatalogImage, giveWay: () => Promise<void>): Promise<KeepResult> {
    const { state, id } = image;
    if (state.kind !== 'ready') return 'changed';
    const name = { imageId: id, buildId: state.buildId };
    const known = this.find(name);
    if (known?.state.kind === 'ready') {
      await this.#touch(known.folder);
      return 'kept already';
    }
    const set = await openImageSet(image);
    if ('problem' in set) return 'changed';
    try {
      const isSame =
        sameIdentity(set.zst.identity, state.zstIdentity) &&
        set.buildId === state.buildId &&
        set.checksums.zst === state.checksums.zst;
      return isSame ? await this.#copy(set, name, giveWay) : 'changed';
    } finally {
      await set.close();
    }
  }

  async #copy(set: ImageSet, name: BuildName, giveWay: () => Promise<void>): Promise<KeepResult> {
    const folder = buildFolderOf(this.#folder, name);
    if (folder === undefined) return 'changed';
    const part = path.join(path.dirname(folder), partName(name.buildId));
    try {
      const result = await copyAside(set, part, { root: this.#folder, keptFor: this.#keptFor, giveWay });
      if (result !== 'copied') return result;
      await this.#inTurn(() => this.#place(part, folder, name));
      return 'kept';
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }

  async #place(part: string, folder: string, name: BuildName): Promise<void> {
    await utimes(part, new Date(), new Date());
    await this.#remove(name); // one that is there is not whole
    await rename(part, folder);
    await syncFolder(path.dirname(folder));
    await this.#scan({ isFirst: false });
  }

  /** Notes that a build is the newest now. */
  async #touch(folder: string): Promise<void> {
    await utimes(folder, new Date(), new Date());
    await this.refresh();
  }

  async #remove(name: BuildName): Promise<void> {
    const folder = buildFolderOf(this.#folder, name);
    if (folder === undefined) return;
    const gone = path.join(path.dirname(folder), goneName(name.buildId));
    await rm(gone, { recursive: true, force: true }); // what is left of an earlier try would be in the way
    try {
      await rename(folder, gone);
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    }
    await rm(gone, { recursive: true, force: true });
  }

  async #scan({ isFirst }: { readonly isFirst: boolean }): Promise<void> {
    const onUnreadable = (folder: string, error: unknown) => this.#unread.isUnreadable('builds', folder, error);
    let found: Kept = { builds: new Map(), inspections: new Map() };
    try {
      this.#root = await realpath(this.#folder);
      found = await lookAtKept(this.#root, this.#kept, { isFirst, onUnreadable });
    } catch (error) {
      if (onUnreadable(this.#folder, error)) return; // what was known of them stands
    }
    const isSame = sameBuilds(this.list, [...found.builds.values()].flat());
    this.#kept = isSame ? { ...this.#kept, inspections: found.inspections } : found;
    if (!isSame) this.#changed();
  }
}
