import { hash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoardRegistry } from '../../../src/boards/board-registry.ts';
import type { RollOutPlan } from '../../../src/boards/roll-out.ts';
import { KeptBuilds } from '../../../src/builds/kept-builds.ts';
import { ServedImages } from '../../../src/builds/served-images.ts';
import { ImageChecks } from '../../../src/checks/image-checks.ts';
import { Acts } from '../../../src/control/acts.ts';
import { AuditLog } from '../../../src/control/audit-log.ts';
import { carryOut } from '../../../src/control/carry-out.ts';
import type { Order } from '../../../src/control/order.ts';
import { UserError } from '../../../src/errors.ts';
import { Catalog } from '../../../src/images/catalog.ts';
import { Networks } from '../../../src/server/admission/networks.ts';
import { UpdateServer } from '../../../src/server/update-server.ts';
import type { StatusReport } from '../../../src/status/report.ts';
import { StatusPages } from '../../../src/status/status-pages.ts';
import { type BoxesFolder, makeBoxes, writeSet } from '../../images/image-sets.ts';

/** What a board was sent: an image, or neither for "up to date" and refusals. */
export interface Sent {
  readonly status: number;
  /** `<box>/<image>`. */
  readonly image?: string;
  readonly build?: string;
}

/** What came of an order. */
export type Told = { readonly done: readonly string[] } | { readonly error: string };

/** Nobody knows hardware addresses here. */
const NEIGHBOURS = { macOf: () => undefined, refresh: async () => {} };

/** What runs, from one start to the next. */
interface Running {
  readonly builds: KeptBuilds;
  readonly catalog: Catalog;
  readonly served: ServedImages;
  readonly registry: BoardRegistry;
  readonly pages: StatusPages;
  readonly server: UpdateServer;
  readonly audit: AuditLog;
}

/** A server as the command makes it, with all that it keeps, and a clock that stands until it is put forward. */
export class Site implements AsyncDisposable {
  /** What went wrong, by the server's own account. */
  readonly messages: string[] = [];
  readonly #plan: RollOutPlan | undefined;
  readonly #boxes: BoxesFolder;
  readonly #checks: ImageChecks;
  /** The builds that were published, by the digests of their `.img.zst`. */
  readonly #published = new Map<string, { readonly image: string; readonly build: string }>();
  #nowMs = 1_800_000_000_000;
  #elapsedMs = 0;
  #running: Running | undefined;

  constructor(plan: RollOutPlan | undefined, boxes: BoxesFolder, checks: ImageChecks) {
    this.#plan = plan;
    this.#boxes = boxes;
    this.#checks = checks;
  }

  static async make(plan: RollOutPlan | undefined): Promise<Site> {
    return new Site(plan, await makeBoxes(), await ImageChecks.open());
  }

  get plan(): RollOutPlan | undefined {
    return this.#plan;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get is(): Running {
    if (this.#running === undefined) throw new Error('it does not run');
    return this.#running;
  }

  async start(): Promise<void> {
    const onMessage = (text: string) => void this.messages.push(text);
    const builds = await KeptBuilds.open(this.#boxes.beside('builds'), onMessage);
    const catalog = new Catalog([this.#boxes.root]);
    const served = new ServedImages(catalog, builds);
    const registry = await this.#openBoards(builds);
    registry.rollOuts.takeAsFirst((await served.refresh()).images);
    const allowed = new Networks([]);
    const checks = this.#checks;
    const pages = new StatusPages({ version: '0', catalog: served, builds, checks, boards: registry, allowed });
    const server = await UpdateServer.start({
      catalog: served,
      checks,
      host: '127.0.0.1',
      port: 0,
      assigner: registry.assigner,
    });
    registry.watch(server);
    pages.watch(server);
    builds.events.on('changed', () => server.forgetAnswers());
    const audit = await AuditLog.open(this.#boxes.beside('boards.acts.jsonl'), onMessage);
    this.#running = { builds, catalog, served, registry, pages, server, audit };
  }

  async restart(): Promise<void> {
    await this.#stop();
    await this.start();
  }

  /** The boards as a process would know them that starts now. Close them. */
  async asRestarted(): Promise<BoardRegistry> {
    await this.is.registry.save();
    return this.#openBoards(this.is.builds);
  }

  /** Puts the clock forward. What is remembered by the system's clock is forgotten: it would have been by then. */
  pass(ms: number): void {
    this.#nowMs += ms;
    this.#elapsedMs += ms;
    this.is.server.forgetAnswers();
  }

  /** Someone sets the clock, and no time goes by. */
  setClock(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Has time alone do what it does, as the server does four times a second. */
  look(): void {
    this.pass(300);
    for (let time = 0; time < 5; time++) this.is.registry.rollOuts.observe();
  }

  /** Writes a build over the one that is there, and keeps it if it `isKept`. */
  async publish(id: string, build: string, isKept: boolean): Promise<void> {
    const [box = '', image = ''] = id.split('/');
    const { zst } = await writeSet(this.#boxes.root, box, image, { buildId: build, payload: Buffer.from(build) });
    this.#published.set(hash('sha256', zst), { image: id, build });
    if (this.#running === undefined) return;
    const found = (await this.is.catalog.refresh(true)).byId.get(id);
    if (isKept && found !== undefined) await this.is.builds.keep(found);
    this.is.server.forgetAnswers();
  }

  /** Someone removes a kept build by hand. */
  async remove(id: string, build: string): Promise<void> {
    await rm(path.join(this.#boxes.beside('builds'), id, build), { recursive: true });
    await this.is.builds.refresh();
  }

  /** A board asks. */
  async ask(address: string, query: string, headers: Record<string, string> = {}): Promise<Sent> {
    const { status, body } = await this.#answer(address, query, 'GET', headers);
    if (status !== 200 || body.every((byte) => byte === 0)) return { status };
    const bytes = Number.parseInt(body.toString('latin1', 124, 136), 8); // of the first member of the tar
    const known = this.#published.get(hash('sha256', body.subarray(512, 512 + bytes)));
    if (known === undefined) throw new Error(`${address} was sent what nobody published`);
    return { status, ...known };
  }

  /** Someone looks what a board would get; answers whether that is an image. */
  async head(address: string, query: string): Promise<boolean> {
    const { status, etag } = await this.#answer(address, query, 'HEAD');
    return status === 200 && etag !== undefined;
  }

  /** Someone orders something, as at the control socket. */
  async order(order: Order): Promise<Told> {
    const { builds, served, registry, audit, server } = this.is;
    await builds.refresh();
    const snapshot = await served.refresh(true);
    const acts = new Acts({ registry, audit, by: 'anna', now: () => this.#nowMs });
    const rollOutOf = (image: string, build: string) => registry.rollOuts.get(image, build);
    const parts = { acts, boards: registry.boards, rollOutOf, snapshot, builds, by: 'anna', faults: server.faults };
    try {
      return { done: await carryOut(order, parts) };
    } catch (error) {
      if (error instanceof UserError) return { error: error.message };
      throw error;
    }
  }

  async status(): Promise<StatusReport> {
    await this.is.served.refresh(true);
    return this.is.pages.report();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#checks.close();
    await this.#boxes[Symbol.asyncDispose]();
  }

  /** Its body is empty where it was cut off. */
  async #answer(localAddress: string, query: string, method: string, headers: Record<string, string> = {}) {
    const { server } = this.is;
    const { port } = server.address;
    const path = `/update?${query}`;
    const asked = request({ host: '127.0.0.1', port, path, localAddress, method, headers, agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    const isWhole = await (async () => {
      for await (const chunk of answer) chunks.push(chunk as Buffer);
    })().then(
      () => true,
      () => false,
    );
    while (server.running.size > 0) await sleep(1);
    const { etag } = answer.headers;
    return { status: answer.statusCode ?? 0, etag, body: isWhole ? Buffer.concat(chunks) : Buffer.alloc(0) };
  }

  #openBoards(builds: KeptBuilds): Promise<BoardRegistry> {
    return BoardRegistry.open({
      statePath: this.#boxes.beside('boards.json'),
      rollOutPlan: () => this.#plan,
      keptBuild: (imageId, buildId) => builds.find({ imageId, buildId }),
      now: () => this.#nowMs,
      elapsed: () => this.#elapsedMs,
      neighbours: NEIGHBOURS,
      onMessage: (text) => this.messages.push(text),
    });
  }

  async #stop(): Promise<void> {
    const { server, pages, registry, audit } = this.is;
    await server.stop(0);
    pages.close();
    await registry.close();
    await audit.close();
  }
}
