import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { shortBuildId } from '../../src/images/build-id.ts';
import { transferLine } from '../../src/server/transfer-line.ts';
import type { TrialEnd, TrialStep } from '../../src/trial/trial.ts';
import { readTarget } from '../../src/trial/trial-target.ts';
import { endText } from '../../src/trial/trial-text.ts';
import { tryAsBoard } from '../../src/trial/try-as-board.ts';
import { type Damage, openLine } from '../board/line.ts';
import { buildId, holding, makeSet, PATIENT, startServer } from '../server/harness.ts';
import { type OtherServer, serveAs, serveBytes, serveOriginal, tarOf } from './servers.ts';

const QUERY = 'name=box&board=pi';
const IMAGE = 'box-pi';
const oneImage = (boxes: string) => makeSet(boxes, 'box', IMAGE, 300_000);

interface Tried {
  readonly end: TrialEnd;
  /** The kinds of the steps, in their order. */
  readonly steps: readonly TrialStep['kind'][];
}

async function tried(server: string, query = QUERY, silenceMs?: number): Promise<Tried> {
  const steps: TrialStep['kind'][] = [];
  const end = await tryAsBoard({
    server,
    path: readTarget(query).path,
    signal: new AbortController().signal,
    onStep: ({ kind }) => steps.push(kind),
    ...(silenceMs !== undefined && { silenceMs }),
  });
  return { end, steps };
}

const WHOLE = [
  'asked',
  'answered',
  'downloaded',
  'checksum right',
  'decompressed',
  'raw digest right',
  'looked inside',
];
const FLASH: TrialEnd = { kind: 'flash', box: 'box', board: 'pi', build: buildId() };

suite('a trial', () => {
  test('does all that a board does, and asks again with the build inside', async () => {
    await using site = await startServer(oneImage);
    deepEqual(await tried(site.url), { end: FLASH, steps: [...WHOLE, 'asked again'] });
    equal(endText(FLASH), `A board would now run build ${shortBuildId(buildId())}`);
  });

  for (const [form, query] of Object.entries({
    'a path': `/update?${QUERY}`,
    'a URL': `http://10.0.0.1:5555/update?${QUERY}&build_id=`,
    'an image': `box/${IMAGE}`,
    'a malformed branch': `${QUERY}&=branch=&version=`,
  })) {
    test(`takes ${form}`, async () => {
      await using site = await startServer(oneImage);
      deepEqual((await tried(site.url, query)).end, FLASH);
    });
  }

  test('of the build that is served is up to date', async () => {
    await using site = await startServer(oneImage);
    const { end, steps } = await tried(site.url, `${QUERY}&build_id=${buildId()}`);
    deepEqual([end, steps], [{ kind: 'up to date' }, ['asked', 'answered', 'downloaded']]);
  });

  test('says why the server has nothing', async () => {
    await using site = await startServer(oneImage);
    const { end, steps } = await tried(site.url, 'name=box&board=none');
    deepEqual(steps, ['asked', 'answered']);
    match(endText(end), /^A board would boot on with what it has: the server answered 404: no image box-none-master/);
  });

  test('says why the server refuses what it has', async () => {
    const mistold = async (boxes: string) => {
      await oneImage(boxes);
      await writeFile(path.join(boxes, 'box', `${IMAGE}.img.buildID`), `${buildId(2)}  ${IMAGE}.img\n`);
    };
    await using site = await startServer(mistold, PATIENT);
    match(
      endText((await tried(site.url)).end),
      /the server answered 409: .* a board would flash it again at every boot; build it again$/,
    );
  });

  test('is no board, and not the one update that is waited for', async () => {
    await using site = await startServer(oneImage, { mode: { kind: 'once' } });
    const registry = new BoardRegistry();
    const unwatch = registry.watch(site.server);
    const ended = site.ended();
    await tried(site.url);
    deepEqual(registry.boards, []);
    match(transferLine(await ended), /: sent \(a trial, no board\)$/);
    equal(site.server.isStopping, false);
    unwatch();
    await registry.close();
  });

  test('is held by no order that was given for a board', async () => {
    const registry = new BoardRegistry();
    await using site = await startServer(oneImage, { assigner: registry.assigner });
    const unwatch = registry.watch(site.server);
    await site.get(`/update?${QUERY}&build_id=${buildId(2)}`);
    for (const { id } of registry.boards) registry.hold(id);
    deepEqual((await tried(site.url)).end, FLASH);
    unwatch();
    await registry.close();
  });

  test('of a board that gets nothing is up to date', async () => {
    await using site = await startServer(oneImage, { assigner: holding(() => true) });
    deepEqual((await tried(site.url)).end, { kind: 'up to date' });
  });

  test('of the original server ends the same', async () => {
    await using site = await startServer(oneImage);
    await using original = await serveOriginal(site.boxes);
    deepEqual(await tried(original.url), { end: FLASH, steps: [...WHOLE, 'asked again'] });
    deepEqual((await tried(original.url, `${QUERY}&build_id=${buildId()}`)).end, { kind: 'up to date' });
    const refused = (await tried(original.url, 'name=none&board=pi')).end;
    equal(endText(refused), 'A board would boot on with what it has: the server answered 400');
  });
});

suite('a trial on a bad line', () => {
  async function through(damage: Damage, silenceMs?: number): Promise<Tried> {
    await using site = await startServer(oneImage);
    await tried(site.url); // the server knows the image then, and does not let wait for it
    await using line = await openLine(site.url, damage);
    return await tried(line.url, QUERY, silenceMs);
  }

  test('tells that a byte was changed on its way', async () => {
    const { end, steps } = await through({ invertAt: 100_000 });
    deepEqual(steps, ['asked', 'answered', 'downloaded']);
    match(endText(end), /boot on with what it has: box-pi\.img\.zst doesn't match its \.img\.sha256: it was changed/);
  });

  for (const cut of ['end', 'reset'] as const) {
    test(`tells where it was cut off, by ${cut}`, async () => {
      const { end, steps } = await through({ cutAfter: 50_000, cut });
      deepEqual(steps, ['asked', 'answered']);
      match(endText(end), /the connection was cut off at byte \d+ of 3\d{5}$/);
    });
  }

  test('ends when nothing comes any more', async () => {
    const { end, steps } = await through({ cutAfter: 50_000, cut: 'silence' }, 1500);
    deepEqual(steps, ['asked', 'answered']);
    match(endText(end), /after byte \d+, the server sent nothing for 1\.5 s; a board waits for ever$/);
  });

  test('ends when no answer comes', async () => {
    await using server = await serveAs(() => {});
    const { end, steps } = await tried(server.url, QUERY, 300);
    deepEqual([end, steps], [{ kind: 'failure', failure: { kind: 'silent', seconds: 0.3, bytes: 0 } }, ['asked']]);
  });

  test('can be stopped at any time', async () => {
    await using server = await serveAs((_request, response) => void response.write(Buffer.alloc(512)));
    const abort = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => abort.abort(reason);
    await rejects(
      tryAsBoard({ server: server.url, path: `/update?${QUERY}`, signal: abort.signal, onProgress }),
      reason,
    );
  });

  const noZones = process.platform !== 'linux' && 'interfaces have other names';
  test('reaches a server at an address with a zone, however that is written', { skip: noZones }, async () => {
    await using site = await startServer(oneImage, { host: '::1%lo' });
    const { port } = site.server.address;
    for (const host of ['::1%25lo', '::1%lo']) {
      deepEqual((await tried(`http://[${host}]:${port}`)).end, FLASH);
    }
    await rejects(tried('http://[::1%]:1'), { name: 'UserError', message: /is no address of a server/ });
  });

  test('that leads nowhere is trouble, and no failure of a board', async () => {
    await rejects(tried('http://127.0.0.1:1'), { name: 'UserError', message: /can't be asked: .*ECONNREFUSED/ });
    await rejects(tried('ftp://127.0.0.1'), { name: 'UserError', message: /is no address of a server/ });
    await rejects(tried('http://user:secret@127.0.0.1:1'), ({ message }: Error) => !message.includes('secret'));
  });
});

suite('a trial of a server that checks nothing', () => {
  interface Files {
    readonly zst: Buffer;
    readonly sha256: string;
  }

  async function filesOf(boxes: string): Promise<Files> {
    const zst = await oneImage(boxes);
    return { zst, sha256: await readFile(path.join(boxes, 'box', `${IMAGE}.img.sha256`), 'utf8') };
  }

  async function serving(make: (files: Files) => Promise<Buffer> | Buffer): Promise<Tried> {
    let bytes = Buffer.alloc(0);
    await using _site = await startServer(async (boxes) => {
      bytes = Buffer.from(await make(await filesOf(boxes)));
    });
    await using server: OtherServer = await serveBytes(bytes);
    return await tried(server.url);
  }

  const ofZst = (zst: Buffer, raw: string) => ({
    [`${IMAGE}.img.zst`]: zst,
    [`${IMAGE}.img.sha256`]: `${raw}  ${IMAGE}.img\n${hash('sha256', zst)}  ${IMAGE}.img.zst\n`,
  });

  test('tells that it sends the same image for ever', async () => {
    const { end, steps } = await serving(({ zst, sha256 }) =>
      tarOf({ [`${IMAGE}.img.zst`]: zst, [`${IMAGE}.img.sha256`]: sha256 }),
    );
    deepEqual(steps, [...WHOLE, 'asked again']);
    match(
      endText(end),
      /^A board would flash the same image at every boot: the server sends an image to a board that rep/,
    );
  });

  test('takes the checksums first, too', async () => {
    const { steps } = await serving(({ zst, sha256 }) =>
      tarOf({ [`${IMAGE}.img.sha256`]: sha256, [`${IMAGE}.img.zst`]: zst }),
    );
    deepEqual(steps, [...WHOLE, 'asked again']);
  });

  test('tells that there is no partition table', async () => {
    const raw = Buffer.alloc(100_000);
    const { end, steps } = await serving(() => tarOf(ofZst(zstdCompressSync(raw), hash('sha256', raw))));
    deepEqual(steps, ['asked', 'answered', 'downloaded', 'checksum right', 'decompressed', 'raw digest right']);
    match(endText(end), /^A board would flash an image that it can't use: .* there is no partition table in it$/);
  });

  test('tells that the raw image is another', async () => {
    const { end, steps } = await serving(({ zst }) => tarOf(ofZst(zst, '0'.repeat(64))));
    deepEqual(steps, ['asked', 'answered', 'downloaded', 'checksum right', 'decompressed']);
    match(endText(end), /doesn't decompress to the raw image that its \.img\.sha256 names/);
  });

  test('tells that the image can only be decompressed in part', async () => {
    const { end, steps } = await serving(({ zst }) => tarOf(ofZst(zst.subarray(0, 400), '0'.repeat(64))));
    deepEqual(steps, ['asked', 'answered', 'downloaded', 'checksum right']);
    match(endText(end), /can't use: box-pi\.img\.zst is cut off at byte 400/);
  });

  for (const [name, make, expected] of [
    ['there is no tar', () => Buffer.from('<html>not here</html>'.repeat(50)), /the answer is not a tar archive$/],
    ['there is nothing', () => Buffer.alloc(0), /the answer is not a tar archive$/],
    ['there is no checksum', ({ zst }: Files) => tarOf({ 'a.img.zst': zst }), /there is no \.img\.sha256 in the tar/],
    [
      'there is no image',
      ({ sha256 }: Files) => tarOf({ 'a.img.sha256': sha256 }),
      /there is no \.img\.zst in the tar/,
    ],
    [
      'the checksum is of another file',
      ({ zst, sha256 }: Files) => tarOf({ 'a.img.zst': zst, 'a.img.sha256': sha256 }),
      /a\.img\.sha256, line 2 names box-pi\.img\.zst/,
    ],
  ] as const) {
    test(`tells that ${name}`, async () => {
      match(endText((await serving(make)).end), expected);
    });
  }
});
