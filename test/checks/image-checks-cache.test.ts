import { deepEqual, equal, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { LARGE, makeSet, ownTemporaryFolder, type SeenSet } from './sets.ts';

/** A hang is a failure. */
const LIMIT = { timeout: 240_000 };

/** A run of the checks, to the end: what the set was found to be, and how many files were read for it. */
async function run(set: SeenSet, cachePath?: string) {
  const checks = await ImageChecks.open(cachePath);
  let found = 0;
  let failure: string | undefined;
  checks.events.on('examined', () => found++);
  checks.events.on('unkept', (code) => {
    failure = code;
  });
  const outcome = await checks.examine(set);
  await checks.close();
  return { kind: outcome.kind, found, failure };
}

suite('what checks found out', () => {
  test('is known to the next ones, though the image is gone', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes);
    const cache = boxes.beside('cache', 'known.json');
    deepEqual(await run(set, cache), { kind: 'examined', found: 1, failure: undefined });
    await rm(written.file('.img.zst'));
    deepEqual(await run(set, cache), { kind: 'examined', found: 0, failure: undefined });
    const checks = new ImageChecks(cache);
    equal((await checks.examine(set)).kind, 'examined');
    deepEqual(checks.judgement(set)?.findings, []);
    await checks.close();
  });

  test('is told when it has been read, to who does not wait for it', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    const cache = boxes.beside('known.json');
    await run(set, cache);
    const checks = new ImageChecks(cache);
    equal(checks.judgement(set)?.findings, undefined);
    await new Promise<void>((resolve) => checks.events.once('examined', resolve));
    deepEqual(checks.judgement(set)?.findings, []);
    await checks.close();
  });

  test('is forgotten where there is no file for it', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    equal((await run(set)).found, 1);
    equal((await run(set)).found, 1);
  });

  test('is found out again when its file is damaged', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    const cache = boxes.beside('known.json');
    await writeFile(cache, '{"format":1,"examinations":[[');
    deepEqual(await run(set, cache), { kind: 'examined', found: 1, failure: undefined });
    equal((await run(set, cache)).found, 0);
  });

  test('is right all the same where its file cannot be written: that is told apart', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    await writeFile(boxes.beside('taken'), '');
    const cache = boxes.beside('taken', 'known.json');
    deepEqual(await run(set, cache), { kind: 'examined', found: 1, failure: 'EEXIST' });
  });
});

suite('checks that are closed', () => {
  test('end what runs and what waits, and leave nothing behind', LIMIT, async () => {
    await using temporary = await ownTemporaryFolder();
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    const { set: other } = await makeSet(boxes, { ...LARGE, branch: 'other' });
    const checks = await ImageChecks.open(boxes.beside('known.json'));
    const { promise, resolve } = Promise.withResolvers<void>();
    const runs = [
      checks.examine(set, { urgency: 'some time', onProgress: () => resolve() }),
      checks.examine(other, { urgency: 'some time', onProgress: () => resolve() }),
    ].map((examining) => rejects(examining, /closed/));
    await promise;
    await checks.close();
    await Promise.all(runs);
    await rejects(checks.examine(set), /closed/);
    deepEqual(await temporary.spools(), []);
    deepEqual(await readdir(boxes.beside()), ['boxes']);
  });
});

suite('a process with checks of image files', () => {
  const scripts: Record<string, string> = {
    'ends when they are closed': 'await checks.examine(set); await checks.close();',
    'ends when they are closed in the middle':
      'await new Promise((onProgress) => checks.examine(set, { onProgress }).catch(() => {})); await checks.close();',
    'ends without that when nothing runs': 'await checks.examine(set);',
  };
  for (const [when, script] of Object.entries(scripts)) {
    test(when, LIMIT, async () => {
      await using boxes = await makeBoxes();
      const { set } = await makeSet(boxes, LARGE);
      const module = path.join(import.meta.dirname, '..', '..', 'src', 'checks', 'image-checks.ts');
      await writeFile(
        boxes.beside('check.ts'),
        `import { ImageChecks } from ${JSON.stringify(module)};
         const set = JSON.parse(process.argv[2]);
         for (const name in set.identity) set.identity[name] = BigInt(set.identity[name]);
         const checks = await ImageChecks.open();
         ${script}
         console.log('done');`,
      );
      const argument = JSON.stringify(set, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
      const output = execFileSync(process.execPath, [boxes.beside('check.ts'), argument], { timeout: 30_000 });
      equal(output.toString(), 'done\n');
    });
  }
});
