import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { Decider } from '../../src/server/decision/decide.ts';
import type { ServerEvents } from '../../src/server/server-events.ts';
import { until } from '../until.ts';
import { IMPATIENT, makeSet, PATIENT, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';
const images = (boxes: string) => makeSet(boxes, 'box', 'box-pi', 200_000);
/** How a test finds the descriptors of its own process. */
const ON_LINUX = { skip: process.platform !== 'linux' };

/** The descriptors under which this process has the image open. */
function imageDescriptors(): number[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('box-pi.img.zst') ? [Number(fd)] : [];
    } catch {
      return []; // the folder was listed by one that is closed now
    }
  });
}

/** Takes the image's file away from under the next transfer, as it begins to be sent: whatever is done to it gets EBADF. */
function breakDisk({ server }: TestServer): void {
  server.events.once('answering', () => {
    for (const fd of imageDescriptors()) closeSync(fd);
  });
}

/** The bugs that a server told of. */
function bugsOf({ server }: TestServer): string[] {
  const bugs: string[] = [];
  server.events.on('bug', (bug) => bugs.push(String(bug)));
  return bugs;
}

describe('a disk error', ON_LINUX, () => {
  const parts: Record<string, Record<string, string>> = {
    'while the image is read': {},
    'when it is looked whether the image changed': { range: 'bytes=-10' },
  };
  for (const [when, headers] of Object.entries(parts)) {
    it(`cuts the client off ${when}, gives the turn back and is told`, async () => {
      await using server = await startServer(images, { maxTransfers: 1 });
      const bugs = bugsOf(server);
      // it is examined by then: what examines it would get the disk's error, too
      assert.equal((await server.get(TARGET)).status, 200);
      await server.idle();
      await until(() => imageDescriptors().length === 0);
      breakDisk(server);
      const ended = server.ended();
      await assert.rejects(server.get(TARGET, headers));
      assert.deepEqual((await ended).state, { kind: 'broken', reason: 'image unreadable', code: 'EBADF' });
      assert.equal((await server.get(TARGET)).status, 200);
      await server.server.stop();
      assert.deepEqual(bugs, []);
    });
  }
});

describe('a bug', () => {
  const fails = () => {
    throw new TypeError('as bugs go');
  };

  it('is answered with 500, and told with its stack', async () => {
    await using server = await startServer(images, { assigner: { isPlain: true, assign: fails } });
    const told = once(server.server.events, 'bug');
    const { status, headers, body } = await server.get(TARGET);
    assert.deepEqual([status, headers['retry-after']], [500, undefined]);
    assert.equal(body.toString(), "internal error; see the server's log\n");
    const [bug] = await told;
    assert.match(bug.stack, /TypeError: as bugs go\n.*failures\.test\.ts/s);
  });

  it('of a page is answered with 500, and told', async () => {
    const pages = (app: Parameters<NonNullable<Parameters<typeof startServer>[1]>['pages'] & object>[0]) => {
      app.get('/page', fails);
    };
    await using server = await startServer(images, { pages });
    const bugs = bugsOf(server);
    assert.equal((await server.get('/page')).status, 500);
    assert.deepEqual(bugs, ['TypeError: as bugs go']);
  });

  it('of a check is answered with 500, and told', async () => {
    await using server = await startServer(images, PATIENT);
    const bugs = bugsOf(server);
    server.checks.policy = Object.defineProperty({ allowForeign: false }, 'allowForeign', { get: fails });
    assert.equal((await server.get(TARGET)).status, 500);
    assert.deepEqual(bugs, ['TypeError: as bugs go']);
  });

  it('of a check that is met while the image is sent cuts the client off, and is told', async () => {
    await using server = await startServer(images, IMPATIENT);
    const bugs = bugsOf(server);
    server.checks.policy = Object.defineProperty({ allowForeign: false }, 'allowForeign', { get: fails });
    const ended = server.ended();
    await assert.rejects(server.get(TARGET));
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'internal error' });
    assert.deepEqual(bugs, ['TypeError: as bugs go']);
  });

  it('of a check that nobody waits for, after HEAD, is told', async () => {
    await using server = await startServer(images, IMPATIENT);
    const told = once(server.server.events, 'bug');
    server.checks.policy = Object.defineProperty({ allowForeign: false }, 'allowForeign', { get: fails });
    assert.equal((await server.get(TARGET, {}, 'HEAD')).status, 200);
    const [bug] = await told;
    assert.match(String(bug), /TypeError: as bugs go/);
  });

  for (const event of ['accepted', 'asked', 'answering', 'finished'] as const satisfies (keyof ServerEvents)[]) {
    it(`of who listens for '${event}' disturbs no transfer`, async () => {
      await using server = await startServer(images, { maxTransfers: 1 });
      const bugs = bugsOf(server);
      server.server.events.once(event, fails);
      for (let times = 0; times < 2; times++) {
        const ended = server.ended();
        assert.equal((await server.get(TARGET)).status, 200);
        await ended;
      }
      assert.deepEqual(bugs, ['TypeError: as bugs go']);
    });
  }

  it('while an answer is built leaves no image open', ON_LINUX, async () => {
    await using server = await startServer(images);
    const decider = new Decider(new Catalog([server.boxes]), server.checks, PATIENT);
    const conditions = Object.defineProperty({}, 'range', { get: fails });
    const asked = { kind: 'update', box: 'box', image: 'box-pi' } as const;
    await assert.rejects(decider.decide(asked, { client: '::1', conditions, isHead: false }), TypeError);
    assert.deepEqual(imageDescriptors(), []);
  });
});
