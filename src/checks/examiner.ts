import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PinnedFile } from '../images/pinned-file.ts';
import type { ExamineOptions } from './examine.ts';
import { code } from './worker-code.ts';
import type { Order, Outcome, Report } from './worker-messages.ts';

/** How many files are examined at a time: each takes a core for its decoder and half of one for its digests. */
const MOST_WORKERS = 2;

/** How long an idle worker is kept: it holds some 20 MB, and starts again in 50 ms. */
const IDLE_MS = 1_000;

/** How long a running examination may clean up when the examiner is closed; it takes some milliseconds. */
const GRACE_MS = 2_000;

/**
 * The worker's heap, in MB. The buffers it decodes into are outside of it, and a small heap is collected often, which
 * frees them: 90 MB in all instead of 145.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 };

/** Whether someone waits for it; a job that nobody waits for takes a free worker when there is one. */
export type Urgency = 'now' | 'some time';

interface Job extends ExamineOptions {
  readonly file: PinnedFile;
  urgency: Urgency;
  readonly settle: (outcome: Outcome) => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * Examines files on worker threads: those that someone waits for first, box after box. The last free worker takes no file of
 * a box of which one is being examined, so that no box keeps the others waiting, however many large files it has. Close it.
 */
export class Examiner {
  readonly #waiting: Job[] = [];
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #busy = new Map<Worker, Job>();
  /** The boxes with waiting files, and the number of each one's last turn. */
  readonly #turns = new Map<string, number>();
  #turn = 0;
  #closing: Promise<void> | undefined;
  #onQuiet: () => void = () => {};

  /**
   * Examines a file, which must stay open until this settles.
   * @throws the signal's reason when it is aborted; `ECANCELED` when the examiner is closed; a bug, as it was thrown.
   */
  examine(file: PinnedFile, urgency: Urgency, options: ExamineOptions = {}): Promise<Outcome> {
    const { signal } = options;
    return new Promise((settle, fail) => {
      if (signal?.aborted || this.#closing) return fail(signal?.reason ?? closedError());
      const job = { ...options, file, urgency, settle, fail };
      this.#waiting.push(job);
      signal?.addEventListener('abort', () => this.#cancel(job), { once: true });
      this.#assign();
    });
  }

  /** Someone now waits for the examination of `file`, as it was handed over. */
  hurry(file: PinnedFile): void {
    for (const job of this.#waiting) if (job.file === file) job.urgency = 'now';
    this.#assign();
  }

  /** Stops what runs, and fails what waits. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const job of this.#waiting.splice(0)) job.fail(closedError());
    if (this.#busy.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, GRACE_MS);
      this.#onQuiet = resolve;
      for (const worker of this.#busy.keys()) order(worker, { kind: 'cancel' });
      await promise;
      clearTimeout(timer);
    }
    for (const timer of this.#idle.values()) clearTimeout(timer);
    const running = [...this.#busy];
    const idle = [...this.#idle.keys()];
    this.#busy.clear();
    this.#idle.clear();
    await Promise.all([...running.map(([worker]) => worker), ...idle].map((worker) => worker.terminate()));
    for (const [, job] of running) job.fail(closedError());
  }

  /** Gives waiting jobs to free workers. */
  #assign(): void {
    while (this.#busy.size < MOST_WORKERS) {
      const job = this.#next();
      if (job === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      this.#noteTurn(job);
      const worker = this.#takeWorker();
      this.#busy.set(worker, job);
      worker.ref();
      order(worker, { kind: 'examine', file: job.file.lend() });
    }
  }

  /** Of the jobs that hurry, that of the box that had its turn longest ago. One worker is kept for them. */
  #next(): Job | undefined {
    const isLast = this.#busy.size === MOST_WORKERS - 1;
    const taken = isLast ? [...this.#busy.values()].map(boxOf) : [];
    const urgent = this.#waiting.filter((job) => job.urgency === 'now' && !taken.includes(boxOf(job)));
    const turnOf = (job: Job) => this.#turns.get(boxOf(job)) ?? 0;
    const [first] = urgent.sort((one, other) => turnOf(one) - turnOf(other)); // which keeps the order within a box
    if (first !== undefined || this.#busy.size > 0) return first;
    return this.#waiting[0];
  }

  #noteTurn(job: Job): void {
    this.#turns.set(boxOf(job), ++this.#turn);
    const waiting = new Set(this.#waiting.map(boxOf));
    for (const box of this.#turns.keys()) if (!waiting.has(box) && box !== boxOf(job)) this.#turns.delete(box);
  }

  #cancel(job: Job): void {
    const waiting = this.#waiting.indexOf(job);
    if (waiting !== -1) this.#waiting.splice(waiting, 1);
    if (waiting !== -1) job.fail(job.signal?.reason);
    for (const [worker, running] of this.#busy) {
      if (running === job) order(worker, { kind: 'cancel' });
    }
  }

  #takeWorker(): Worker {
    const [idle] = this.#idle;
    if (idle === undefined) return this.#startWorker();
    const [worker, timer] = idle;
    clearTimeout(timer);
    this.#idle.delete(worker);
    return worker;
  }

  #startWorker(): Worker {
    const worker = new Worker(code, { eval: typeof code === 'string', resourceLimits: HEAP_LIMITS });
    worker.on('message', (report: Report) => {
      const job = this.#busy.get(worker);
      if (job === undefined) return;
      if (report.kind === 'progress') {
        job.onProgress?.(report.bytes);
        return;
      }
      if (report.kind === 'outcome' && !this.#closing) job.settle(report.outcome);
      else if (report.kind === 'bug') job.fail(report.bug);
      else job.fail(job.signal?.reason ?? closedError());
      this.#rest(worker);
      this.#assign();
    });
    // a damaged image may bring the thread down; that must not end a server
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error('the thread ended')));
    return worker;
  }

  #rest(worker: Worker): void {
    this.#busy.delete(worker);
    worker.unref();
    const timer = setTimeout(() => {
      this.#idle.delete(worker);
      void worker.terminate();
    }, IDLE_MS);
    this.#idle.set(worker, timer.unref());
    if (this.#busy.size === 0) this.#onQuiet();
  }

  #lose(worker: Worker, error: Error): void {
    this.#busy.get(worker)?.settle({ kind: 'failed', code: error.message });
    this.#busy.delete(worker);
    clearTimeout(this.#idle.get(worker));
    this.#idle.delete(worker);
    if (this.#busy.size === 0) this.#onQuiet();
    this.#assign();
  }
}

/** The folder that a job's file lies in. */
function boxOf({ file }: Job): string {
  return path.dirname(file.path);
}

function order(worker: Worker, message: Order): void {
  worker.postMessage(message);
}

function closedError(): Error {
  return Object.assign(new Error('the checks were closed'), { code: 'ECANCELED' });
}
