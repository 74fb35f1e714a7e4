import { EventEmitter } from 'node:events';
import type { CatalogImage } from '../images/catalog.ts';
import { SET_FILES } from '../images/image-name.ts';
import type { SetLocation } from '../images/image-set.ts';
import { type FileIdentity, PinnedFile, sameIdentity } from '../images/pinned-file.ts';
import { type Examination, isDueAgain } from './examination.ts';
import { Examiner, type Urgency } from './examiner.ts';
import type { Gap } from './finding.ts';
import { type Claims, type Judgement, judge, type Policy, USUAL_POLICY } from './judgement.ts';
import { KnownExaminations, keyOf } from './known-examinations.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import type { Outcome } from './worker-messages.ts';

/** The most files that are reported as foreign, once each. */
const MOST_TOLD = 10_000;

/** A set's `.img.zst`, in the state that it was seen in. */
export interface ZstFile extends SetLocation {
  readonly identity: FileIdentity;
}

export interface CheckOptions {
  readonly urgency?: Urgency;
  /** Called with the number of bytes of the file as they are read. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** One examination, and who waits for it. */
interface Run {
  readonly outcome: Promise<Outcome>;
  readonly abort: AbortController;
  readonly listeners: Set<(bytes: number) => void>;
  urgency: Urgency;
  /** Open as long as it is examined. */
  file?: PinnedFile;
  waiting: number;
  bytesRead: number;
}

/** Knows the examinations of image files, or makes them; each file once, however many ask. Close it. */
export class ImageChecks {
  /**
   * `examined` is told when something new is known; `unkept`, why what is known can't be kept for the next start, as the
   * system names it; `damaged`, that the file it was kept in is, in a line of English; `foreign`, once of each file, that
   * an image is let through that mkbox did not make; `right`, each time that a set was found to be so.
   */
  readonly events = new EventEmitter<{
    examined: [];
    unkept: [code: string];
    damaged: [text: string];
    foreign: [image: string, gap: Gap];
    right: [set: ZstFile & Claims];
  }>();
  readonly #examiner = new Examiner();
  readonly #known: KnownExaminations;
  readonly #runs = new Map<string, Run>();
  #policy: Policy;
  #changes = 0;
  readonly #toldForeign = new Set<string>();

  /**
   * `cachePath`: the file that keeps what is known for the next start; without it, nothing is kept. It is read in the
   * background, and `examined` emitted when that is done. `policy`: what sets are judged by.
   */
  constructor(cachePath?: string, policy: Policy = USUAL_POLICY) {
    this.#policy = policy;
    this.#known = new KnownExaminations(cachePath, {
      onFailure: (code) => this.events.emit('unkept', code),
      onDamage: (text) => this.events.emit('damaged', text),
    });
    this.#known.loaded.then(
      () => this.#change(),
      () => {}, // whoever has a file examined is told
    );
  }

  /** Like the constructor, but waits until the file was read. `onDamaged`: told what `damaged` is, from the first time on. */
  static async open(cachePath?: string, policy?: Policy, onDamaged?: (text: string) => void): Promise<ImageChecks> {
    const checks = new ImageChecks(cachePath, policy);
    if (onDamaged !== undefined) checks.events.on('damaged', onDamaged);
    await checks.#known.loaded;
    return checks;
  }

  /** What sets are judged by. */
  get policy(): Policy {
    return this.#policy;
  }

  /** Sets the policy; `examined` is emitted, as judgements change. */
  set policy(policy: Policy) {
    this.#policy = policy;
    this.#change();
  }

  /** What is known of the file in that state. */
  known(identity: FileIdentity): Examination | undefined {
    return this.#known.get(identity);
  }

  /**
   * What the file is: known, being found out, or found out now; and again, a minute after there was no room for a
   * look inside. `changed` when it is in another state than `identity` by
   * now. Once nobody waits for an examination any more, it ends.
   * @throws the signal's reason when it is aborted.
   */
  async examine(file: ZstFile, { urgency = 'now', onProgress, signal }: CheckOptions = {}): Promise<Outcome> {
    const { identity } = file;
    await this.#known.loaded;
    const examination = this.known(identity);
    if (examination !== undefined && !isDueAgain(examination, Date.now())) return { kind: 'examined', examination };
    signal?.throwIfAborted();
    const run = this.#runs.get(keyOf(identity)) ?? this.#start(file, urgency);
    if (urgency === 'now') this.#hurry(run);
    run.waiting++;
    if (onProgress !== undefined) {
      run.listeners.add(onProgress);
      if (run.bytesRead > 0) onProgress(run.bytesRead);
    }
    try {
      return await abortable(run.outcome, signal);
    } finally {
      run.waiting--;
      if (onProgress !== undefined) run.listeners.delete(onProgress);
      if (run.waiting === 0) run.abort.abort();
    }
  }

  /**
   * Checks a set: its `.img.zst` against what the small files beside it, and its name, say of it.
   * @throws the signal's reason when it is aborted.
   */
  async verdict(set: ZstFile & Claims, options?: CheckOptions): Promise<Verdict> {
    const verdict = await verdictOf(set, await this.examine(set, options), this.#policy);
    const foreign = verdict.kind === 'right' && verdict.gaps.find(({ kind }) => kind === 'foreign');
    if (foreign && this.#toldForeign.size < MOST_TOLD && !this.#toldForeign.has(keyOf(set.identity))) {
      this.#toldForeign.add(keyOf(set.identity));
      this.events.emit('foreign', set.image, foreign);
    }
    if (verdict.kind === 'right') this.events.emit('right', set);
    return verdict;
  }

  /** Whether a file is being examined, or waits for it. */
  get isExamining(): boolean {
    return this.#runs.size > 0;
  }

  /** What a set amounts to by what is known, without a look at the disk; undefined where nothing is known. */
  judgement(set: { readonly identity: FileIdentity } & Claims): Judgement | undefined {
    const examination = this.known(set.identity);
    return examination && judge(set, examination, this.#policy);
  }

  /** How often `examined` was emitted: as long as it is the same, so is every judgement. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether boards get `image`: it is complete, and not known to be wrong. */
  isServable({ image, state }: Pick<CatalogImage, 'image' | 'state'>): boolean {
    if (state.kind !== 'ready') return false;
    return !this.judgement({ ...state, image, identity: state.zstIdentity })?.findings.length;
  }

  /** Stops what runs, and writes what is known. */
  async close(): Promise<void> {
    await this.#examiner.close();
    await this.#known.save();
  }

  #change(): void {
    this.#changes++;
    this.events.emit('examined');
  }

  #start(file: ZstFile, urgency: Urgency): Run {
    const key = keyOf(file.identity);
    const abort = new AbortController();
    const listeners: Run['listeners'] = new Set();
    const run: Run = {
      outcome: this.#run(file, () => run),
      abort,
      listeners,
      urgency,
      waiting: 0,
      bytesRead: 0,
    };
    this.#runs.set(key, run);
    abort.signal.addEventListener('abort', () => this.#runs.delete(key));
    run.outcome.catch(() => {}); // whoever waits for it gets the error
    return run;
  }

  #hurry(run: Run): void {
    run.urgency = 'now';
    if (run.file !== undefined) this.#examiner.hurry(run.file);
  }

  async #run({ root, folder, image, identity }: ZstFile, runOf: () => Run): Promise<Outcome> {
    const file = await PinnedFile.open(root, folder, image + SET_FILES.zst);
    if (!(file instanceof PinnedFile)) return { kind: 'changed' };
    try {
      if (!sameIdentity(file.identity, identity)) return { kind: 'changed' };
      const run = runOf();
      run.file = file;
      const onProgress = (bytes: number) => {
        run.bytesRead += bytes;
        for (const listener of run.listeners) listener(bytes);
      };
      const outcome = await this.#examiner.examine(file, run.urgency, { onProgress, signal: run.abort.signal });
      if (outcome.kind !== 'examined') return outcome;
      this.#known.set(identity, outcome.examination);
      this.#change();
      return outcome;
    } finally {
      await file.close();
    }
  }
}

/** Waits for `promise`, or for the signal. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
