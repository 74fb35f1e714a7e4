import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog } from '../../src/images/catalog.ts';
import type { DiskContent } from '../fixtures/disk-image.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { CONTENT, LARGE, makeSet, openFilesAt, ownTemporaryFolder, see } from './sets.ts';

/** A hang is a failure. */
const LIMIT = { timeout: 240_000 };

/** Checks that count what they found out, and are closed when they are disposed. */
async function openChecks(cachePath?: string): Promise<ImageChecks & AsyncDisposable & { found: () => number }> {
  const checks = await ImageChecks.open(cachePath);
  let count = 0;
  checks.events.on('examined', () => count++);
  return Object.assign(checks, { found: () => count, [Symbol.asyncDispose]: () => checks.close() });
}

/** Adds up what is told of progress. */
function progress() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const told = {
    bytes: 0,
    calls: 0,
    started: promise,
    onProgress: (bytes: number) => {
      told.bytes += bytes;
      told.calls++;
      resolve();
    },
  };
  return told;
}

suite('checks of image files', () => {
  test('read a file once, however many ask while it is read, and tell all of them the progress', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, LARGE);
    await using checks = await openChecks();
    const [first, second] = [progress(), progress()];
    const examining = [checks.examine(set, first)];
    await first.started;
    examining.push(checks.examine(set, second), checks.examine(set));
    const [one, ...others] = await Promise.all(examining);
    equal(one?.kind, 'examined');
    for (const other of others) equal(other, one);
    deepEqual([first.bytes, second.bytes], [written.zst.length, written.zst.length]);
    equal(checks.found(), 1);
  });

  test('do not read what is known', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes);
    await using checks = await openChecks();
    equal(checks.known(set.identity), undefined);
    equal(checks.judgement(set)?.findings, undefined);
    await checks.examine(set);
    equal(checks.known(set.identity)?.zstSha256, written.zstSha256);
    const again = progress();
    equal((await checks.examine(set, { ...again, signal: AbortSignal.abort() })).kind, 'examined');
    deepEqual([again.calls, checks.found()], [0, 1]);
    deepEqual(checks.judgement(set)?.findings, []);
    const other = { ...set, checksums: { zst: '0'.repeat(64) } };
    deepEqual(
      checks.judgement(other)?.findings.map(({ kind }) => kind),
      ['digest'],
    );
  });

  test('let boards have an image that is complete, as long as nothing was found', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes);
    await using checks = await openChecks();
    const catalog = new Catalog([boxes.root]);
    const servable = async () => (await catalog.refresh(true)).images.map((image) => checks.isServable(image));
    deepEqual(await servable(), [true]);
    await checks.examine(set);
    deepEqual(await servable(), [true]);
    await writeFile(written.file('.img.buildID'), `${'b'.repeat(64)}\n`);
    deepEqual(await servable(), [false]);
    await rm(written.file('.img.buildID'));
    deepEqual(await servable(), [false]);
  });

  test('fail for want of room for a look inside, and look again after a minute, no sooner', LIMIT, async (t) => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, { ...CONTENT, noise: 66 * 1024 * 1024 });
    await using _temporary = await ownTemporaryFolder();
    process.env.TMPDIR = boxes.beside('temporary');
    await using checks = await openChecks();
    const failed = { kind: 'failed', code: `ENOENT in the temporary folder ${boxes.beside('temporary')}` };
    deepEqual(await checks.verdict(set), failed);
    await mkdir(boxes.beside('temporary'));
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 50_000 });
    deepEqual([await checks.verdict(set), checks.found()], [failed, 1]);
    t.mock.timers.setTime(Date.now() + 20_000);
    deepEqual([(await checks.verdict(set)).kind, checks.found()], ['right', 2]);
    t.mock.timers.setTime(Date.now() + 60 * 60_000);
    deepEqual([(await checks.verdict(set)).kind, checks.found()], ['right', 2]);
  });

  test('read a file that asks for hurry and one that does not at the same time', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    const { set: other } = await makeSet(boxes, { ...CONTENT, branch: 'other' });
    await using checks = await openChecks();
    const outcomes = await Promise.all([checks.examine(set, { urgency: 'some time' }), checks.examine(other)]);
    deepEqual(
      outcomes.map(({ kind }) => kind),
      ['examined', 'examined'],
    );
    equal(checks.found(), 2);
  });

  test('hurry with a file that did not hurry, once someone waits for it', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const make = async (content: Partial<DiskContent>) => (await makeSet(boxes, { ...CONTENT, ...content })).set;
    const long = await make({ branch: 'long', noise: 40 * 1024 * 1024 });
    const [other, late, hurried] = [await make(LARGE), await make({ branch: '1' }), await make({ branch: '2' })];
    await using checks = await openChecks();
    const [longTold, otherTold, lateTold, hurriedTold] = [progress(), progress(), progress(), progress()];
    const all = [checks.examine(long, longTold), checks.examine(other, otherTold)];
    await Promise.all([longTold.started, otherTold.started]);
    all.push(checks.examine(late, { ...lateTold, urgency: 'some time' }));
    all.push(checks.examine(hurried, { ...hurriedTold, urgency: 'some time' }));
    for (let turn = 0; turn < 50; turn++) await setImmediate(); // both wait by now, most likely
    all.push(checks.examine(hurried));
    await hurriedTold.started;
    equal(lateTold.calls, 0);
    await Promise.all(all);
  });

  test('end when nobody waits any more, and begin again for who comes then', LIMIT, async () => {
    await using temporary = await ownTemporaryFolder();
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    await using checks = await openChecks();
    const [one, two] = [new AbortController(), new AbortController()];
    const reason = new Error('enough');
    const told = progress();
    const first = checks.examine(set, { ...told, signal: one.signal });
    const second = checks.examine(set, { signal: two.signal });
    await told.started;
    one.abort(reason);
    await rejects(first, reason);
    const before = told.calls;
    two.abort(reason);
    await rejects(second, reason);
    const { set: other } = await makeSet(boxes, { ...CONTENT, branch: 'other' });
    await checks.examine(other, { urgency: 'some time' }); // begins when nothing else runs
    deepEqual([checks.known(set.identity), told.calls, checks.found()], [undefined, before, 1]);
    equal((await checks.examine(set)).kind, 'examined');
    deepEqual(await temporary.spools(), []);
  });

  test('go on for the others when one waits no more', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, LARGE);
    await using checks = await openChecks();
    const abort = new AbortController();
    const [gone, stays] = [progress(), progress()];
    const leaving = checks.examine(set, { ...gone, signal: abort.signal });
    const staying = checks.examine(set, stays);
    await gone.started;
    abort.abort(new Error('enough'));
    await rejects(leaving, /enough/);
    equal((await staying).kind, 'examined');
    equal(stays.bytes, written.zst.length);
  });

  test('do not begin for who waits no more before', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    await using checks = await openChecks();
    const reason = new Error('enough');
    await rejects(checks.examine(set, { signal: AbortSignal.abort(reason) }), reason);
    equal(checks.found(), 0);
  });
});

suite('a file that is not as it was seen', () => {
  const changes: Record<string, (file: string, beside: string) => Promise<unknown>> = {
    'was written to': (file) => writeFile(file, 'x', { flag: 'r+' }),
    'has another time': (file) => utimes(file, 1, 1),
    async 'was replaced by another'(file, beside) {
      await writeFile(beside, 'the next build');
      await rename(beside, file);
    },
    'is gone': (file) => rm(file),
    async 'is a link'(file, beside) {
      await rename(file, beside);
      await symlink(beside, file);
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    test(`is changed when it ${what}, and nothing is known of it`, LIMIT, async () => {
      await using boxes = await makeBoxes();
      const { written, set } = await makeSet(boxes);
      await change(written.file('.img.zst'), boxes.beside('next'));
      await using checks = await openChecks();
      deepEqual(await checks.examine(set), { kind: 'changed' });
      deepEqual(await checks.verdict(set), { kind: 'changed' });
      deepEqual([checks.known(set.identity), checks.found()], [undefined, 0]);
    });
  }

  test('is changed when it is written to while it is read, and then examined as it is', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, LARGE);
    await using checks = await openChecks();
    const told = progress();
    const outcome = checks.examine(set, told);
    await told.started;
    await writeFile(written.file('.img.zst'), written.zst);
    deepEqual(await outcome, { kind: 'changed' });
    const now = await see(boxes, written);
    equal((await checks.examine(now)).kind, 'examined');
    deepEqual([checks.known(set.identity), checks.found()], [undefined, 1]);
  });

  test('is what it was when another takes its name while it is read', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, LARGE);
    await writeFile(boxes.beside('next'), 'the next build');
    await using checks = await openChecks();
    const told = progress();
    const outcome = checks.verdict(set, told);
    await told.started;
    await rename(boxes.beside('next'), written.file('.img.zst'));
    equal((await outcome).kind, 'right');
  });

  test('leaves no file open', { ...LIMIT, skip: process.platform !== 'linux' }, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, LARGE);
    await using checks = await openChecks();
    await checks.examine(set);
    await writeFile(written.file('.img.zst'), 'x');
    await checks.examine(set);
    await checks.examine(await see(boxes, written));
    const abort = new AbortController();
    await writeFile(written.file('.img.zst'), written.zst);
    const told = progress();
    const aborted = checks.examine(await see(boxes, written), { ...told, signal: abort.signal });
    await told.started;
    abort.abort(new Error('enough'));
    await rejects(aborted, /enough/);
    await checks.close();
    await setImmediate();
    deepEqual(await openFilesAt(boxes.beside()), []);
  });
});
