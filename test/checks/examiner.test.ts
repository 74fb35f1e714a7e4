import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Examiner, type Urgency } from '../../src/checks/examiner.ts';
import { PinnedFile } from '../../src/images/pinned-file.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { CONTENT, LARGE, makeSet, makeSetIn, openFilesAt, ownTemporaryFolder, type SeenSet } from './sets.ts';

/** A hang is a failure. */
const LIMIT = { timeout: 240_000 };

async function pinned({ root, folder, image }: SeenSet): Promise<PinnedFile & AsyncDisposable> {
  const file = await PinnedFile.open(root, folder, `${image}.img.zst`);
  if (!(file instanceof PinnedFile)) throw new Error(`not opened: ${file}`);
  return Object.assign(file, { [Symbol.asyncDispose]: () => file.close() });
}

/** An examiner that is closed when it is disposed. */
function openExaminer(): Examiner & AsyncDisposable {
  const examiner = new Examiner();
  return Object.assign(examiner, { [Symbol.asyncDispose]: () => examiner.close() });
}

/** Settles when the first bytes have been read. */
function started() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, onProgress: () => resolve() };
}

suite('an examiner', () => {
  test('examines files on threads, one after another', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes);
    await using file = await pinned(set);
    await using examiner = openExaminer();
    for (const urgency of ['now', 'some time', 'now'] as Urgency[]) {
      const outcome = await examiner.examine(file, urgency);
      if (outcome.kind !== 'examined') throw new Error(outcome.kind);
      equal(outcome.examination.zstSha256, written.zstSha256);
    }
  });

  test('keeps a thread for who waits, while what does not hurry is done one after another', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    const { set: small } = await makeSet(boxes, { ...CONTENT, branch: 'small' });
    await using file = await pinned(set);
    await using smallFile = await pinned(small);
    await using examiner = openExaminer();
    const ended: string[] = [];
    const first = started();
    const note = (name: string) => () => void ended.push(name);
    const all = [
      examiner.examine(file, 'some time', first).then(note('first')),
      examiner.examine(smallFile, 'some time').then(note('second')),
    ];
    await first.promise;
    all.push(examiner.examine(smallFile, 'now').then(note('hurried')));
    await Promise.all(all);
    deepEqual(
      ended.filter((name) => name !== 'hurried'),
      ['first', 'second'],
    );
  });

  test('examines those that someone waits for first', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    await using file = await pinned(set);
    await using examiner = openExaminer();
    const began: string[] = [];
    const follow = (name: string) => ({ onProgress: () => void (began.includes(name) || began.push(name)) });
    await Promise.all([
      examiner.examine(file, 'now', follow('a')),
      examiner.examine(file, 'some time', follow('late')),
      examiner.examine(file, 'now', follow('b')),
      examiner.examine(file, 'now', follow('c')),
    ]);
    deepEqual(began, ['a', 'b', 'c', 'late']);
  });

  test('keeps a thread for other boxes, however many files of one are waited for', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set: large } = await makeSet(boxes, LARGE);
    const { set: small } = await makeSetIn(boxes, 'linux-box');
    await using file = await pinned(large);
    await using other = await pinned(small);
    await using examiner = openExaminer();
    await Promise.all([file, other].map((each) => examiner.examine(each, 'now'))); // which starts both threads
    const began: string[] = [];
    const noting = (name: string) => ({ onProgress: () => void (began.includes(name) || began.push(name)) });
    const first = started();
    const all = [examiner.examine(file, 'now', first)];
    for (const name of ['2', '3']) all.push(examiner.examine(file, 'now', noting(name)));
    await first.promise;
    all.push(examiner.examine(other, 'now', noting('other box')));
    await Promise.all(all);
    deepEqual(began, ['other box', '2', '3']);
  });

  test('takes the boxes in turn', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const files = await Promise.all(
      ['a', 'b', 'c'].map(async (box) => [box, await pinned((await makeSetIn(boxes, box)).set)] as const),
    );
    await using examiner = openExaminer();
    const began: string[] = [];
    const jobs = files.flatMap(([box, file]) =>
      [1, 2, 3, 4].map((number) => {
        const name = `${box}${number}`;
        return examiner.examine(file, 'now', { onProgress: () => void (began.includes(name) || began.push(name)) });
      }),
    );
    await Promise.all(jobs);
    await Promise.all(files.map(([, file]) => file.close()));
    // two threads tell of themselves, one of which may be heard a file later
    for (const round of [1, 2]) ok(began.indexOf(`c${round}`) < began.indexOf(`a${round + 2}`), began.join());
  });

  test('stops what is aborted, and takes the next', LIMIT, async () => {
    await using temporary = await ownTemporaryFolder();
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    await using file = await pinned(set);
    await using examiner = openExaminer();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const reason = new Error('enough');
    const first = started();
    let bytes = 0;
    const follow = {
      onProgress: (read: number) => {
        bytes += read;
        first.onProgress();
      },
      signal: running.signal,
    };
    const runs = [
      examiner.examine(file, 'some time', follow),
      examiner.examine(file, 'some time', { signal: waiting.signal }),
    ].map((run) => rejects(run, reason));
    const last = examiner.examine(file, 'some time');
    await first.promise;
    waiting.abort(reason);
    running.abort(reason);
    await Promise.all(runs);
    equal((await last).kind, 'examined');
    deepEqual([bytes < file.size, await temporary.spools()], [true, []]);
  });

  test('does not begin what is aborted before', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    await using file = await pinned(set);
    await using examiner = openExaminer();
    const reason = new Error('enough');
    await rejects(examiner.examine(file, 'now', { signal: AbortSignal.abort(reason) }), reason);
  });

  test('says so when reading fails', { ...LIMIT, skip: process.platform === 'win32' }, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    await using file = await pinned(set);
    const lost = PinnedFile.lent({ ...file.lend(), fd: 2 ** 30 });
    await using examiner = openExaminer();
    deepEqual(await examiner.examine(lost, 'now'), { kind: 'failed', code: 'EBADF' });
  });

  test('that is closed ends what runs and what waits, and leaves nothing behind', LIMIT, async () => {
    await using temporary = await ownTemporaryFolder();
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    await using file = await pinned(set);
    const examiner = new Examiner();
    const first = started();
    const runs = [
      examiner.examine(file, 'now', first),
      examiner.examine(file, 'now'),
      examiner.examine(file, 'now'),
      examiner.examine(file, 'some time'),
    ].map((run) => rejects(run, /closed/));
    await first.promise;
    await examiner.close();
    await Promise.all(runs);
    await rejects(examiner.examine(file, 'now'), /closed/);
    deepEqual(await temporary.spools(), []);
    if (process.platform === 'linux') deepEqual(await openFilesAt(`${process.env.TMPDIR}/mkbox-boot-`), []);
    await examiner.close();
  });
});
