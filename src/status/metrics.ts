import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DiskRoom } from '../images/disk-room.ts';
import type { Transfer } from '../server/transfer.ts';
import type { RecentRequests } from './recent-requests.ts';
import type { StatusReport } from './report.ts';
import type { RollOutReport } from './roll-out-report.ts';

/** Seconds: from a small image in the lab to a large one over a slow line. */
const DURATIONS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800];

/** Bytes per second: from a slow line to loopback. */
const RATES = [1e5, 1e6, 5e6, 1e7, 5e7, 1e8, 1e9];

const NS_PER_S = 1e9;

/**
 * What Prometheus scrapes. Request counts are plain numbers elsewhere, read at each scrape: thousands of small answers
 * a second cost nothing here. Close it.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#counter('mkbox_requests_total', 'Requests that ended, by what they came to', ['result']);
  readonly #bytes = this.#counter('mkbox_sent_bytes_total', 'Body bytes that the network took', []);
  readonly #running = this.#gauge('mkbox_transfers_running', 'Requests being answered', []);
  readonly #waiting = this.#gauge('mkbox_transfers_waiting', 'Requests that wait for their turn', []);
  readonly #fault = this.#gauge('mkbox_fault_armed', 'Whether a fault on purpose is in force', []);
  readonly #refusedUpdates = this.#counter(
    'mkbox_updates_refused_total',
    'Requests for an update that were refused',
    [],
  );
  readonly #faulty = this.#counter('mkbox_faulty_requests_total', 'Requests that met a fault on purpose', []);
  readonly #images = this.#gauge('mkbox_images', 'Images, by their state', ['state']);
  readonly #earlier = this.#gauge(
    'mkbox_images_earlier',
    'Images of which an earlier build is served in place of the newest',
    [],
  );
  readonly #kept = this.#gauge('mkbox_kept_builds', 'Builds that are kept', []);
  readonly #keptBytes = this.#gauge('mkbox_kept_bytes', 'Bytes of the builds that are kept', []);
  readonly #boards = this.#gauge('mkbox_boards', 'Boards, by their state', ['state']);
  readonly #assigned = this.#gauge('mkbox_boards_assigned', 'Boards, by what they get or why they get nothing', [
    'gets',
  ]);
  readonly #rollOuts = this.#gauge('mkbox_rollouts', 'Roll-outs, by their state', ['state']);
  readonly #rollOutHalted = this.#gauge('mkbox_rollout_halted', 'Whether the roll-out is halted', ['image']);
  readonly #rollOutStage = this.#gauge('mkbox_rollout_stage', 'The stage that is open, from 1', ['image']);
  readonly #rollOutConfirmed = this.#gauge('mkbox_rollout_boards_confirmed', 'Boards that run the build', ['image']);
  readonly #rollOutBoards = this.#gauge('mkbox_rollout_boards', 'Boards that run the build or may get it so far', [
    'image',
  ]);
  readonly #diskFree = this.#gauge('mkbox_disk_free_bytes', 'Free bytes where a folder lies', ['folder']);
  readonly #diskSize = this.#gauge('mkbox_disk_size_bytes', 'Bytes of the file system that a folder lies on', [
    'folder',
  ]);
  readonly #delayGauge = this.#gauge('mkbox_event_loop_delay_seconds', "The event loop's delay since the last scrape", [
    'quantile',
  ]);
  readonly #waits = new Histogram({
    name: 'mkbox_image_transfer_wait_seconds',
    help: 'How long images waited for their turn that were sent whole',
    buckets: DURATIONS,
    registers: [this.#registry],
  });
  readonly #durations = new Histogram({
    name: 'mkbox_image_transfer_duration_seconds',
    help: 'How long images took that were sent whole',
    buckets: DURATIONS,
    registers: [this.#registry],
  });
  readonly #rates = new Histogram({
    name: 'mkbox_image_transfer_rate_bytes_per_second',
    help: 'How fast images went that were sent whole',
    buckets: RATES,
    registers: [this.#registry],
  });
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });

  /** The content type of what `render` makes. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Records a request that was answered completely. */
  finished(transfer: Transfer): void {
    if (transfer.state.kind !== 'finished' || transfer.state.result !== 'image') return;
    const seconds = transfer.answeringMs / 1000;
    this.#waits.observe(transfer.waitedMs / 1000);
    this.#durations.observe(seconds);
    if (seconds > 0) this.#rates.observe(transfer.sentBytes / seconds);
  }

  /** The present metrics in Prometheus' text format. */
  async render(report: StatusReport, requests: RecentRequests, disks: ReadonlyMap<string, DiskRoom>): Promise<string> {
    this.#requests.reset();
    for (const [result, count] of requests.counts) this.#requests.inc({ result }, count);
    this.#bytes.reset();
    this.#bytes.inc(requests.sentBytes);
    this.#running.set(report.running.length);
    this.#waiting.set(report.running.filter(({ before }) => before !== undefined).length);
    this.#fault.set(report.fault === undefined ? 0 : 1);
    this.#refusedUpdates.reset();
    this.#refusedUpdates.inc(requests.refusedUpdates);
    this.#faulty.reset();
    this.#faulty.inc(requests.faulty);
    setStates(
      this.#images,
      'state',
      report.images.map(({ state }) => state),
    );
    const kept = report.images.flatMap(({ kept = [] }) => kept);
    this.#earlier.set(report.images.filter(({ inPlaceOf }) => inPlaceOf !== undefined).length);
    this.#kept.set(kept.length);
    this.#keptBytes.set(kept.reduce((sum, { bytes }) => sum + bytes, 0));
    setStates(
      this.#boards,
      'state',
      report.boards.map(({ state }) => state.kind),
    );
    setStates(
      this.#assigned,
      'gets',
      report.boards.map(({ gets }) => gets),
    );
    this.#setRollOuts(report.rollOuts);
    this.#diskFree.reset();
    this.#diskSize.reset();
    for (const [folder, { freeBytes, sizeBytes }] of disks) {
      this.#diskFree.set({ folder }, freeBytes);
      this.#diskSize.set({ folder }, sizeBytes);
    }
    this.#delay.enable(); // only from the first scrape on: it wakes the process fifty times a second
    for (const quantile of [50, 99, 100]) {
      this.#delayGauge.set({ quantile: String(quantile / 100) }, this.#delay.percentile(quantile) / NS_PER_S);
    }
    this.#delay.reset();
    return this.#registry.metrics();
  }

  #setRollOuts(rollOuts: readonly RollOutReport[]): void {
    setStates(
      this.#rollOuts,
      'state',
      rollOuts.map(({ state }) => state),
    );
    for (const gauge of [this.#rollOutHalted, this.#rollOutStage, this.#rollOutConfirmed, this.#rollOutBoards]) {
      gauge.reset();
    }
    for (const { image, state, stage, confirmed, of } of rollOuts) {
      this.#rollOutHalted.set({ image }, state === 'halted' ? 1 : 0);
      this.#rollOutStage.set({ image }, stage);
      this.#rollOutConfirmed.set({ image }, confirmed);
      this.#rollOutBoards.set({ image }, of);
    }
  }

  close(): void {
    this.#delay.disable();
    this.#registry.clear();
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

function setStates<L extends string>(gauge: Gauge<L>, label: L, values: readonly string[]): void {
  gauge.reset();
  for (const value of values) gauge.inc({ [label]: value } as Record<L, string>);
}
