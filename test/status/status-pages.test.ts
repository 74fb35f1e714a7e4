import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { readStages } from '../../src/boards/stages.ts';
import { ServedImages } from '../../src/builds/served-images.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { Credentials } from '../../src/server/admission/credentials.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { StatusPages } from '../../src/status/status-pages.ts';
import { IMAGE_ID, makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';
import { PATIENT } from '../server/harness.ts';

interface Site extends AsyncDisposable {
  readonly server: UpdateServer;
  get(
    target: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; type: string; text: string; headers: Headers }>;
}

/** A server over one right image, one wrong and one incomplete, with its pages. */
async function serve(
  allowed: readonly string[] = [],
  { host = '127.0.0.1', credentials }: { host?: string; credentials?: Credentials } = {},
): Promise<Site> {
  const boxes = await makeBoxes();
  await writeSet(boxes.root, 'box', 'box-pi');
  await writeSet(boxes.root, 'box', 'box-wrong', { zst: Buffer.from('no zstd') });
  await writeSet(boxes.root, 'box', 'box-empty', { zst: Buffer.alloc(0) });
  const catalog = new Catalog([boxes.root]);
  const checks = await ImageChecks.open();
  const boards = new BoardRegistry();
  const pages = new StatusPages({ version: '1.2.3', catalog, checks, boards, allowed: new Networks(allowed) });
  const trustedProxies = new Networks(['127.0.0.1']);
  const options = { catalog, checks, host, port: 0, trustedProxies, credentials, pages: pages.add, ...PATIENT };
  const server = await UpdateServer.start(options);
  boards.watch(server);
  pages.watch(server);
  return {
    server,
    async get(target, headers = {}) {
      const answer = await fetch(`http://${host}:${server.address.port}${target}`, { headers });
      const type = answer.headers.get('content-type') ?? '';
      return { status: answer.status, type, text: await answer.text(), headers: answer.headers };
    },
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      pages.close();
      await boards.close();
      await checks.close();
      await boxes[Symbol.asyncDispose]();
    },
  };
}

const HTML = { accept: 'text/html,*/*;q=0.8' };

/** What the server knows once a board got an image, and one was refused. */
async function afterSomeRequests(site: Site): Promise<void> {
  await site.get(`/update?name=box&board=pi&build_id=${BUILD_B}`, { connection: 'close' });
  await site.get('/update?name=box&board=wrong&build_id=1');
  await site.get('/nothing');
}

/** The outcomes that the documentation names. */
async function outcomesInDocs(): Promise<string[]> {
  const page = await readFile(new URL('../../docs/status.md', import.meta.url), 'utf8');
  const names = /`outcome` \(([^)]+)\)/.exec(page)?.[1] ?? '';
  return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

describe('the status pages', () => {
  it('are a page for browsers, and nothing for boards, at /', async () => {
    await using site = await serve();
    const { status, type, text, headers } = await site.get('/', HTML);
    assert.deepEqual([status, type], [200, 'text/html; charset=UTF-8']);
    assert.match(text, /<th scope="row" role="rowheader">box\/box-pi<\/th>/);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; /);
    assert.doesNotMatch(text, /<script>|style=|https?:\/\//);
    assert.equal((await site.get('/')).status, 404);
  });

  it('are true at this moment only, and say so to caches, of which some keep for minutes what says nothing', async () => {
    await using site = await serve();
    for (const path of ['/', '/status', '/status.css', '/status.js', '/healthz', '/metrics']) {
      assert.equal((await site.get(path, HTML)).headers.get('cache-control'), 'no-cache, no-transform', path);
    }
  });

  it('of which the heads are asked for stay open to nobody', async () => {
    await using site = await serve();
    const url = `http://127.0.0.1:${site.server.address.port}/status/events`;
    for (let time = 0; time < 60; time++) {
      const { status, headers } = await fetch(url, { method: 'HEAD' });
      assert.deepEqual([status, headers.get('content-type')], [200, 'text/event-stream']);
    }
    const page = await fetch(url);
    assert.equal(page.status, 200);
    await page.body?.cancel();
  });

  it('ask for a password where the server does, but for its health, and show none', async () => {
    await using site = await serve([], { credentials: new Credentials(['lab:secret']) });
    const authorization = `Basic ${btoa('lab:secret')}`;
    for (const path of ['/', '/status', '/status/events', '/status.css', '/status.js', '/metrics']) {
      assert.equal((await site.get(path, HTML)).status, 401, path);
    }
    assert.equal((await site.get('/healthz')).text, 'ok\n');
    await site.get('/update?http://lab:secret@127.0.0.1&build_id=1', { authorization });
    for (const path of ['/', '/status', '/metrics']) {
      const { status, text } = await site.get(path, { ...HTML, authorization });
      assert.equal(status, 200);
      assert.doesNotMatch(text, new RegExp(`secret|${btoa('lab:secret')}`));
    }
    assert.match((await site.get('/status', { authorization })).text, /http:\/\/lab:\*\*\*@127\.0\.0\.1/);
  });

  it('tell how things stand, as JSON', async () => {
    await using site = await serve();
    await afterSomeRequests(site);
    const { status, type, text } = await site.get('/status');
    assert.deepEqual([status, type], [200, 'application/json']);
    const report = JSON.parse(text);
    assert.deepEqual([report.format, report.server.name, report.server.version], [1, 'mkbox', '1.2.3']);
    assert.deepEqual(
      report.images.map(({ id, state, buildId }: Record<string, string>) => [id, state, buildId]),
      [
        ['box/box-empty', 'incomplete', undefined],
        ['box/box-pi', 'verified', BUILD_A],
        ['box/box-wrong', 'wrong', BUILD_A],
      ],
    );
    const [unknown, refused, sent] = report.recent;
    assert.deepEqual([unknown.outcome, refused.outcome, sent.outcome], ['refused', 'refused', 'image']);
    assert.match(refused.reason, /box-wrong\.img\.zst is not a zstd file/);
    const states = report.boards.map(({ wish, state }: { wish: { board: string }; state: { kind: string } }) => [
      wish.board,
      state.kind,
    ]);
    assert.deepEqual(Object.fromEntries(states), { pi: 'flashing', wrong: 'refused' });
    const summary = '1 image ready, 1 wrong, 1 incomplete · 2 boards: 1 updating · 1 refused';
    assert.ok((await site.get('/', HTML)).text.includes(`<p>${summary}</p>`));
  });

  it('tell Prometheus', async () => {
    await using site = await serve();
    await afterSomeRequests(site);
    const { status, type, text } = await site.get('/metrics');
    assert.deepEqual([status, type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
    for (const line of [
      /^mkbox_requests_total\{result="image"\} 1$/m,
      /^mkbox_requests_total\{result="refused"\} 2$/m,
      /^mkbox_updates_refused_total 1$/m,
      /^mkbox_sent_bytes_total \d+$/m,
      /^mkbox_transfers_running 0$/m,
      /^mkbox_images\{state="wrong"\} 1$/m,
      /^mkbox_boards\{state="flashing"\} 1$/m,
      /^mkbox_image_transfer_duration_seconds_count 1$/m,
      /^mkbox_image_transfer_rate_bytes_per_second_bucket\{le="\+Inf"\} 1$/m,
      /^mkbox_event_loop_delay_seconds\{quantile="0\.99"\} /m,
    ]) {
      assert.match(text, line);
    }
    assert.match((await site.get('/metrics')).text, /^mkbox_requests_total\{result="image"\} 1$/m);
  });

  it('count every outcome from 0 on: Prometheus sees an increase only where there was something before', async () => {
    await using site = await serve();
    const results = async () => {
      const lines = (await site.get('/metrics')).text.matchAll(/^mkbox_requests_total\{result="(.+)"\} (\d+)$/gm);
      return Object.fromEntries([...lines].map(([, result = '', count]) => [result, Number(count)]));
    };
    const outcomes = await outcomesInDocs();
    assert.deepEqual(await results(), Object.fromEntries(outcomes.map((outcome) => [outcome, 0])));
    await afterSomeRequests(site);
    const { image, refused, ...others } = await results();
    assert.deepEqual([image, refused, Object.keys(others).length], [1, 2, outcomes.length - 2]);
  });

  it('say that a fault on purpose is in force, and which request met it', async () => {
    await using site = await serve();
    site.server.faults.arm({ fault: { kind: 'cut', percent: 50 } });
    const { fault } = JSON.parse((await site.get('/status')).text);
    const { untilMs, ...facts } = fault;
    const text = 'fault on purpose for the next image: cut off at 50 %';
    assert.deepEqual([facts, untilMs > Date.now()], [{ kind: 'cut:50', text }, true]);
    assert.match((await site.get('/', HTML)).text, new RegExp(`<strong>${text}</strong>, until `));
    assert.match((await site.get('/metrics')).text, /^mkbox_fault_armed 1$/m);
    await assert.rejects(site.get(`/update?name=box&board=pi&build_id=${BUILD_B}`));
    const after = JSON.parse((await site.get('/status')).text);
    assert.deepEqual([after.fault, after.recent[0].fault, after.recent[0].reason], [undefined, 'cut:50', 'fault']);
    assert.match((await site.get('/', HTML)).text, /broken off: fault <strong>fault on purpose, cut:50<\/strong>/);
    const metrics = (await site.get('/metrics')).text;
    assert.match(metrics, /^mkbox_fault_armed 0$/m);
    assert.match(metrics, /^mkbox_faulty_requests_total 1$/m);
  });

  it('say that all is well', async () => {
    await using site = await serve();
    assert.deepEqual([(await site.get('/healthz')).status, (await site.get('/healthz')).text], [200, 'ok\n']);
  });

  it('are for this machine, and for the networks allowed', async () => {
    await using site = await serve(['10.0.0.0/8']);
    for (const target of ['/', '/status', '/status/events', '/status.css', '/status.js', '/healthz', '/metrics']) {
      const from = async (client: string) => (await site.get(target, { ...HTML, 'x-forwarded-for': client })).status;
      assert.equal(await from('192.0.2.7'), 404, target);
      if (target !== '/status/events') assert.equal(await from('10.1.2.3'), 200, target);
    }
  });

  it('are for this machine by any address of its own', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((infos = []) => infos);
    const own = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
    await using site = await serve([], { host: own });
    assert.equal((await site.get('/healthz')).status, 200);
  });

  it('are no requests of boards', async () => {
    await using site = await serve();
    const seen: string[] = [];
    site.server.events.on('accepted', ({ target }) => seen.push(target));
    for (const target of ['/', '/status', '/healthz', '/metrics']) await site.get(target, HTML);
    assert.deepEqual(seen, []);
  });

  it('hold up no stop, though a page is open', async () => {
    await using site = await serve();
    const page = await fetch(`http://127.0.0.1:${site.server.address.port}/status/events`);
    const hints = [page.headers.get('cache-control'), page.headers.get('x-accel-buffering')];
    assert.deepEqual(hints, ['no-cache, no-transform', 'no']);
    const reader = page.body?.getReader();
    assert.match(new TextDecoder().decode((await reader?.read())?.value), /^event: page\n/);
    await site.server.stop();
    await assert.rejects(async () => {
      while (!(await reader?.read())?.done);
    });
  });
});

describe('of an earlier build that is served in place of the newest', () => {
  it('the page, the JSON and the metrics tell', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    await bench.build(BUILD_B);
    await builds.serveAgain({ imageId: IMAGE_ID, buildId: BUILD_A }, { by: 'Anna', atMs: 0, why: 'B does not boot' });
    const checks = new ImageChecks();
    const catalog = new ServedImages(bench.catalog, builds);
    const boards = new BoardRegistry();
    const pages = new StatusPages({ version: '1', catalog, builds, checks, boards, allowed: new Networks([]) });
    const server = await UpdateServer.start({ catalog, checks, host: '127.0.0.1', port: 0, pages: pages.add });
    const get = async (target: string, headers = {}) =>
      (await fetch(`http://127.0.0.1:${server.address.port}${target}`, { headers })).text();
    try {
      const [image] = JSON.parse(await get('/status')).images;
      const [kept] = builds.of(IMAGE_ID);
      assert.deepEqual(
        [image.buildId, image.inPlaceOf, image.kept],
        [
          BUILD_A,
          { newest: BUILD_B, by: 'Anna', atMs: 0, why: 'B does not boot' },
          [{ buildId: BUILD_A, bytes: kept?.bytes, keptAtMs: kept?.keptAtMs }],
        ],
      );
      assert.match(
        await get('/', HTML),
        />aaaaaaa<\/abbr> <strong>earlier<\/strong>.*an earlier build, in place of the newest, <abbr title="b{64}">bbbbbbb<\/abbr>: chosen by Anna, <time datetime="1970-01-01T00:00:00Z">1970-01-01 00:00:00 UTC<\/time> \(B does not boot\)/,
      );
      const metrics = await get('/metrics');
      assert.match(metrics, /^mkbox_images_earlier 1$/m);
      assert.match(metrics, /^mkbox_kept_builds 1$/m);
      assert.match(metrics, new RegExp(`^mkbox_kept_bytes ${kept?.bytes}$`, 'm'));
    } finally {
      await server.stop(0);
      pages.close();
      await boards.close();
      await checks.close();
    }
  });
});

describe('of a roll-out', () => {
  it('the page, the JSON and the metrics tell how far it is, and why it halted', async () => {
    const boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const catalog = new Catalog([boxes.root]);
    const checks = await ImageChecks.open();
    const boards = new BoardRegistry();
    const pages = new StatusPages({ version: '1', catalog, checks, boards, allowed: new Networks([]) });
    const { assigner } = boards;
    const trustedProxies = new Networks(['127.0.0.1']);
    const setUp = { catalog, checks, host: '127.0.0.1', port: 0, pages: pages.add, assigner, trustedProxies };
    const server = await UpdateServer.start(setUp);
    boards.watch(server);
    const get = async (target: string, headers = {}) =>
      (await fetch(`http://127.0.0.1:${server.address.port}${target}`, { headers })).text();
    const boot = async (board: number, build: string) => {
      const headers = { 'x-forwarded-for': `192.0.2.${board}`, connection: 'close' };
      await get(`/update?name=box&board=pi&build_id=${build}`, headers);
    };
    const told = async () => JSON.parse(await get('/status')).rollOuts[0];
    try {
      for (const board of [1, 2, 3]) await boot(board, BUILD_A);
      assert.equal(await told(), undefined);
      boards.rollOuts.start(IMAGE_ID, BUILD_A, BUILD_B, { stages: readStages(['1', 'all']), isByHand: true });
      for (const board of [2, 3]) await boot(board, BUILD_B);
      const { startedAtMs: _, ...begun } = await told();
      assert.deepEqual(begun, {
        image: IMAGE_ID,
        build: BUILD_A,
        former: BUILD_B,
        state: 'running',
        stage: 1,
        stages: 2,
        confirmed: 1,
        of: 1,
        text: '1 of 1 confirmed, stage 1 of 2, 1 board so far',
      });
      boards.rename(boards.boards.find(({ address }) => address === '192.0.2.2')?.id ?? '', 'bench 2');
      for (const _again of [2, 3]) await boot(2, BUILD_B);
      while ((await told()).state === 'running') await sleep(20); // boards are looked at four times a second
      const { state, text, halted } = await told();
      assert.deepEqual([state, halted.board], ['halted', 'bench 2']);
      assert.match(halted.kind, /^(looping|reports another)$/); // whichever a look at the boards sees first
      assert.match(text, /^1 of 1 confirmed, halted: a board that got it .+: bench 2$/);
      const page = await get('/', HTML);
      assert.match(
        page,
        />Roll-outs<\/h2>.*<tr role="row" class="bad">.*<progress[^>]*max="1" value="1"><\/progress> 1 of 1/s,
      );
      assert.match(page, /gets nothing yet: build aaaaaaa is rolled out/);
      const metrics = await get('/metrics');
      for (const line of [
        /^mkbox_rollouts\{state="halted"\} 1$/m,
        /^mkbox_rollout_halted\{image="box\/box-pi"\} 1$/m,
        /^mkbox_rollout_stage\{image="box\/box-pi"\} 1$/m,
        /^mkbox_rollout_boards_confirmed\{image="box\/box-pi"\} 1$/m,
        /^mkbox_rollout_boards\{image="box\/box-pi"\} 1$/m,
        /^mkbox_boards_assigned\{gets="not its turn"\} \d$/m,
      ]) {
        assert.match(metrics, line);
      }
    } finally {
      await server.stop(0);
      pages.close();
      await boards.close();
      await checks.close();
      await boxes[Symbol.asyncDispose]();
    }
  });
});
