import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type KeptRequest, REQUESTS_FORMAT } from '../../src/boards/kept-request.ts';
import type { LoggedRequest } from '../../src/boards/logged-request.ts';
import { StateFile } from '../../src/boards/state-file.ts';
import type { TransferResult, TransferState } from '../../src/server/transfer.ts';
import { TransferRecord } from '../../src/server/transfer-record.ts';
import { TRIAL_AGENT } from '../../src/trial/trial-agent.ts';
import { image, request } from '../editor/transfers.ts';

/** A file for requests that is gone at the end, and opened as often as is wished. */
async function fileOfRequests() {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-requests-'));
  const filePath = path.join(folder, 'below', 'requests.json');
  return {
    filePath,
    async write(...kept: readonly KeptRequest[]) {
      const file = new StateFile(filePath, REQUESTS_FORMAT, assert.fail);
      file.schedule(() => kept);
      await file.flush();
    },
    async read() {
      const messages: string[] = [];
      const file = new StateFile(filePath, REQUESTS_FORMAT, (text) => messages.push(text));
      return { kept: await file.read(Date.now()), file, messages };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Everything that is listed of a request. */
function shown(request: LoggedRequest): unknown {
  const { id, client, method, target, startedAtMs, asked, servedBuildId, objection, status, state } = request;
  const { totalBytes, sentBytes, isTrial, fault, completesUpdate, stalledMs, resolution } = request;
  const found = resolution?.found;
  return {
    ...{ id, client, method, target, startedAtMs, asked, servedBuildId, objection, status, state },
    ...{ totalBytes, sentBytes, isTrial, fault, completesUpdate, stalledMs },
    durationMs: Math.round(request.durationMs),
    resolution: resolution && { tried: resolution.tried, found: found && { id: found.id, image: found.image } },
  };
}

const EVERY_RESULT: Readonly<Record<TransferResult, true>> = {
  image: true,
  part: true,
  'up to date': true,
  held: true,
  'loop stopped': true,
  'build missing': true,
  'not its turn': true,
  'not modified': true,
  head: true,
  list: true,
  identity: true,
};

describe('requests that are kept', () => {
  const states: readonly TransferState[] = [
    ...Object.keys(EVERY_RESULT).map((result) => ({ kind: 'finished', result: result as TransferResult }) as const),
    { kind: 'broken', reason: 'client closed' },
    { kind: 'broken', reason: 'image unreadable', code: 'EIO' },
    { kind: 'refused', refusal: { kind: 'no image', tried: ['box-pi-main', 'box-pi'], nearest: 'box-c4' } },
  ];

  it('are as they were, whatever came of them', async () => {
    await using requests = await fileOfRequests();
    const written = states.map((state) => {
      const transfer = request(state, { found: image('box/box-pi'), sentBytes: 3, totalBytes: 10 });
      transfer.status = 200;
      transfer.servedBuildId = 'a'.repeat(64);
      return transfer;
    });
    await requests.write(...written.map((request) => ({ request })));
    const { kept, messages } = await requests.read();
    assert.deepEqual(messages, []);
    assert.deepEqual(
      kept.map(({ request }) => shown(request)),
      written.map(shown),
    );
    const { mode } = await stat(requests.filePath);
    assert.equal(process.platform === 'win32' || mode & 0o777, 0o600);
  });

  it('are kept with a fault on purpose, an objection, a trial and a board that flashes itself again', async () => {
    await using requests = await fileOfRequests();
    const faulty = request({ kind: 'broken', reason: 'fault' });
    faulty.fault = { kind: 'cut', percent: 50 };
    const wrong = request({ kind: 'broken', reason: 'image wrong' });
    wrong.objection = { kind: 'being written', id: 'box/box-pi' };
    const trial = new TransferRecord(4, '127.0.0.1', 'GET', '/update/box/box-pi', ['user-agent', TRIAL_AGENT]);
    trial.end({ kind: 'finished', result: 'image' });
    const again = request({ kind: 'finished', result: 'image' });
    const reflash = { kind: 'reflashing', sinceMs: 1, build: 'b', times: 3, reported: 'a' } as const;
    const written = [faulty, wrong, trial, again];
    await requests.write(...written.slice(0, 3).map((request) => ({ request })), { request: again, reflash });
    const { kept } = await requests.read();
    assert.deepEqual(
      kept.map(({ request }) => shown(request)),
      written.map(shown),
    );
    assert.deepEqual(
      kept.map(({ reflash }) => reflash),
      [undefined, undefined, undefined, reflash],
    );
  });

  it('were cut off by the stop where they were being answered', async () => {
    await using requests = await fileOfRequests();
    const sending = request({ kind: 'running' }, { sentBytes: 3, totalBytes: 10 });
    await requests.write({ request: sending });
    const [{ request: cutOff } = assert.fail()] = (await requests.read()).kept;
    assert.deepEqual(cutOff.state, { kind: 'broken', reason: 'stopped' });
    assert.deepEqual([cutOff.sentBytes, cutOff.completesUpdate], [3, false]);
  });

  it('have neither header fields, as of passwords, nor texts of any length', async () => {
    await using requests = await fileOfRequests();
    const target = `/${'x'.repeat(16_000)}`;
    const headers = ['authorization', 'Basic c2VjcmV0'];
    const long = new TransferRecord(1, '192.0.2.1', 'GET', target, headers, { kind: 'list', search: target });
    long.end({ kind: 'refused', refusal: { kind: 'unreadable', code: 'EIO', folder: target } });
    await requests.write({ request: long });
    const text = await readFile(requests.filePath, 'utf8');
    assert.doesNotMatch(text, /c2VjcmV0/);
    assert.ok(text.length < 5_000, `${text.length} characters`);
    const { kept, messages } = await requests.read();
    assert.deepEqual([kept.length, messages], [1, []]);
  });

  const damages: Record<string, [text: string, why: RegExp]> = {
    empty: ['', /not JSON/],
    'half written': ['{"format":1,"requests":[\n{"id":1', /not JSON/],
    zeros: ['\0'.repeat(4096), /not JSON/],
    'other JSON': ['null', /format unknown/],
    'of a later version': ['{"format":2,"requests":[]}', /format 2, not 1/],
    'without requests': ['{"format":1}', /there are no requests/],
    'with what is no request': ['{"format":1,"requests":[{"id":1},null]}', /2 of 2 entries are not valid requests/],
  };
  for (const [what, [text, why]] of Object.entries(damages)) {
    it(`are set aside, and said to be damaged, where the file is ${what}`, async () => {
      await using requests = await fileOfRequests();
      const folder = path.dirname(requests.filePath);
      await mkdir(folder);
      await writeFile(requests.filePath, text);
      const { kept, messages } = await requests.read();
      const [aside = '', ...others] = (await readdir(folder)).toSorted().reverse();
      assert.match(aside, /^requests\.json\.damaged-[-0-9T.]+Z$/);
      assert.equal(await readFile(path.join(folder, aside), 'utf8'), text);
      assert.deepEqual([others, kept, messages.length], [['requests.json'], [], 1]);
      assert.match(messages[0] ?? '', why);
    });
  }

  it('are those that can be read of a damaged file', async () => {
    await using requests = await fileOfRequests();
    const [one, other] = [
      request({ kind: 'finished', result: 'list' }),
      request({ kind: 'finished', result: 'image' }),
    ];
    await requests.write({ request: one }, { request: other });
    const text = await readFile(requests.filePath, 'utf8');
    for (const [part, spoilt] of [
      ['"result":"list"', '"result":"toString"'],
      ['"id":1', '"id":"1"'],
      ['"asked":{"kind":"update"', '"asked":{"kind":7'],
      ['"status":0', '"status":1e9'],
    ] as const) {
      assert.ok(text.includes(part), part);
      await writeFile(requests.filePath, text.replace(part, spoilt));
      const { kept, messages } = await requests.read();
      assert.deepEqual([kept.map(({ request }) => shown(request)), messages.length], [[shown(other)], 1], part);
      const again = await requests.read(); // by the same window, when it has the port, or by the next one
      assert.deepEqual([again.kept.map(({ request }) => shown(request)), again.messages], [[shown(other)], []], part);
    }
  });

  it('are the newest in the file where some are written while a damaged file is set aside', async () => {
    await using requests = await fileOfRequests();
    const newest = request({ kind: 'finished', result: 'list' });
    await mkdir(path.dirname(requests.filePath));
    await writeFile(requests.filePath, '{"format":1,"requests":[null]}');
    const file = new StateFile(requests.filePath, REQUESTS_FORMAT, () => {});
    const reading = file.read(Date.now());
    file.schedule(() => [{ request: newest }]);
    await Promise.all([reading, file.flush()]);
    const { kept, messages } = await requests.read();
    assert.deepEqual([kept.map(({ request }) => shown(request)), messages], [[shown(newest)], []]);
  });

  it('are written once the disk takes them again, without being asked to, and at the latest at the end', {
    timeout: 30_000,
  }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    for (const isAskedTo of [false, true]) {
      await using requests = await fileOfRequests();
      const one = request({ kind: 'finished', result: 'list' });
      const messages: string[] = [];
      const file = new StateFile(requests.filePath, REQUESTS_FORMAT, (text) => messages.push(text));
      await writeFile(path.dirname(requests.filePath), 'a file where the folder would be');
      file.schedule(() => [{ request: one }]);
      const unkept = await file.flush();
      assert.equal(unkept?.kind, 'so far');
      assert.match(unkept.code, /^E(EXIST|NOTDIR)$/);
      await rm(path.dirname(requests.filePath));
      if (isAskedTo) assert.equal(await file.flush(), undefined);
      else t.mock.timers.tick(10_000);
      let { kept } = await requests.read();
      while (kept.length === 0) ({ kept } = await requests.read());
      assert.deepEqual([kept.map(({ request }) => shown(request)), messages.length], [[shown(one)], 1]);
    }
  });

  it('are kept on by both of two windows that set a damaged file aside at once', async () => {
    await using requests = await fileOfRequests();
    await mkdir(path.dirname(requests.filePath));
    await writeFile(requests.filePath, '{"format":1,"requests":[null]}');
    const messages: string[] = [];
    const windows = [1, 2].map(() => new StateFile(requests.filePath, REQUESTS_FORMAT, (text) => messages.push(text)));
    await Promise.all(windows.map((file) => file.read(Date.now())));
    assert.doesNotMatch(messages.join('\n'), /none are kept from now on/);
    for (const file of windows) {
      const newest = request({ kind: 'finished', result: 'list' });
      file.schedule(() => [{ request: newest }]);
      assert.equal(await file.flush(), undefined);
      const { kept } = await requests.read();
      assert.deepEqual(
        kept.map(({ request }) => shown(request)),
        [shown(newest)],
      );
    }
  });

  it('are not written where the file can not be read, which is said once', async () => {
    await using requests = await fileOfRequests();
    await mkdir(path.join(requests.filePath, 'of others'), { recursive: true });
    const { kept, file, messages } = await requests.read();
    file.schedule(() => [{ request: request({ kind: 'finished', result: 'list' }) }]);
    await file.flush();
    assert.deepEqual([kept, await file.read(Date.now())], [[], []]);
    assert.deepEqual(messages, [
      `the requests kept in ${requests.filePath} can't be read (EISDIR); none are kept from now on`,
    ]);
    assert.deepEqual(await readdir(requests.filePath), ['of others']);
  });
});
