import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import type { Examination, SoundContent } from '../../src/checks/examination.ts';
import { KnownExaminations } from '../../src/checks/known-examinations.ts';
import type { FileIdentity } from '../../src/images/pinned-file.ts';
import { makeBoxes } from '../images/image-sets.ts';

const FILE: FileIdentity = { dev: 1n, ino: 2n ** 60n, size: 3n, mtimeNs: 4n, ctimeNs: 5n };
const DAMAGED: Examination = {
  zstSha256: 'a'.repeat(64),
  examinedAtMs: 1_767_225_600_000,
  content: { kind: 'damaged', damage: { problem: 'corrupt', at: 7 } },
};
const SOUND: Examination = {
  zstSha256: 'b'.repeat(64),
  examinedAtMs: 1_767_225_600_000,
  content: {
    kind: 'sound',
    ...{ frames: 2, isChecksummed: true, windowBytes: 5, rawSha256: 'c'.repeat(64), rawBytes: 9 },
    inside: { partitionsEnd: 9, boardConf: { box: 'box' } },
  },
};

/** There was no room for the look inside. */
const { inside: _, ...unseen } = SOUND.content as SoundContent;
const PARTIAL: Examination = { ...SOUND, content: unseen };

suite('what is known of files', () => {
  test('is known of a file in that very state, and of no other', async () => {
    const known = await KnownExaminations.open();
    known.set(FILE, DAMAGED);
    equal(known.get({ ...FILE }), DAMAGED);
    for (const field of ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const) {
      equal(known.get({ ...FILE, [field]: FILE[field] + 1n }), undefined, field);
    }
  });

  test('is kept in its file for the next start, for nobody else to read', async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('deep', 'down', 'known.json');
    const known = await KnownExaminations.open(cache);
    known.set(FILE, DAMAGED);
    known.set({ ...FILE, ino: 1n }, SOUND);
    await known.save();
    const next = await KnownExaminations.open(cache);
    deepEqual([next.get(FILE), next.get({ ...FILE, ino: 1n })], [DAMAGED, SOUND]);
    deepEqual(await readdir(boxes.beside('deep', 'down')), ['known.json']);
    if (process.platform !== 'win32') equal((await stat(cache)).mode & 0o777, 0o600);
  });

  test('is not kept for the next start without a look inside, nor taken from what was kept', async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('known.json');
    const known = await KnownExaminations.open(cache);
    known.set(FILE, PARTIAL);
    await known.save();
    deepEqual([known.get(FILE), await readdir(boxes.beside())], [PARTIAL, ['boxes']]);
    known.set({ ...FILE, ino: 1n }, SOUND);
    await known.save();
    const { examinations } = JSON.parse(await readFile(cache, 'utf8'));
    deepEqual(examinations, [['1:1:3:4:5', SOUND]]);
    examinations.push(['1:1:3:4:6', PARTIAL]);
    await writeFile(cache, JSON.stringify({ format: 1, examinations }));
    const next = await KnownExaminations.open(cache);
    deepEqual([next.get({ ...FILE, ino: 1n }), next.get({ ...FILE, ino: 1n, ctimeNs: 6n })], [SOUND, undefined]);
  });

  test('is written some time after it is known, without being asked to', async (t) => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('known.json');
    const known = await KnownExaminations.open(cache);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    known.set(FILE, DAMAGED);
    t.mock.timers.runAll();
    await known.save();
    deepEqual((await KnownExaminations.open(cache)).get(FILE), DAMAGED);
  });

  test('is written only when there is something new', async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('known.json');
    const known = await KnownExaminations.open(cache);
    await known.save();
    deepEqual(await readdir(boxes.beside()), ['boxes']);
    known.set(FILE, DAMAGED);
    await Promise.all([known.save(), known.save()]);
    await rm(cache);
    await known.save();
    deepEqual(await readdir(boxes.beside()), ['boxes']);
  });

  const spoilt: Record<string, string> = {
    empty: '',
    'no JSON': '{"format":1,',
    'cut off': JSON.stringify({ format: 1, examinations: [['1:2:3:4:5', DAMAGED]] }).slice(0, -5),
    'not an object': 'null',
    'of another format': JSON.stringify({ format: 2, examinations: [['1:1152921504606846976:3:4:5', DAMAGED]] }),
    'without examinations': '{"format":1}',
    'with a number of examinations': '{"format":1,"examinations":5}',
    'with examinations that are none': '{"format":1,"examinations":[["1:1152921504606846976:3:4:5",null]]}',
    'with a content that is none': JSON.stringify({
      format: 1,
      examinations: [['1:1152921504606846976:3:4:5', { ...DAMAGED, content: { kind: 'odd' } }]],
    }),
  };
  for (const [what, text] of Object.entries(spoilt)) {
    test(`begins with nothing when its file is ${what}, which is replaced`, async () => {
      await using boxes = await makeBoxes();
      const cache = boxes.beside('known.json');
      await writeFile(cache, text);
      const known = await KnownExaminations.open(cache);
      equal(known.get(FILE), undefined);
      known.set(FILE, SOUND);
      await known.save();
      deepEqual(JSON.parse(await readFile(cache, 'utf8')).format, 1);
      deepEqual((await KnownExaminations.open(cache)).get(FILE), SOUND);
    });
  }

  test('stays known when its file can not be written, and is written once it can', async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('taken', 'known.json');
    await writeFile(boxes.beside('taken'), 'a file where the folder would be');
    const failures: string[] = [];
    const known = await KnownExaminations.open(cache, (code) => failures.push(code));
    for (let time = 0; time < 2; time++) {
      known.set(FILE, DAMAGED);
      await known.save();
    }
    deepEqual([known.get(FILE), failures], [DAMAGED, ['EEXIST']]);
    await rm(boxes.beside('taken'));
    known.set({ ...FILE, ino: 1n }, SOUND);
    await known.save();
    equal(failures.length, 1);
    deepEqual((await KnownExaminations.open(cache)).get(FILE), DAMAGED);
  });

  test('leaves no half-written file behind where it can not be put in place', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.beside('known', 'in the way'), { recursive: true });
    const failures: string[] = [];
    const known = await KnownExaminations.open(boxes.beside('known'), (code) => failures.push(code));
    known.set(FILE, DAMAGED);
    await known.save();
    equal(failures.length, 1);
    deepEqual((await readdir(boxes.beside())).sort(), ['boxes', 'known']);
  });

  test('is dropped when it is old and there is much that is newer', async () => {
    const known = await KnownExaminations.open();
    const at = (ino: number) => ({ ...FILE, ino: BigInt(ino) });
    for (let ino = 0; ino < 2000; ino++) known.set(at(ino), DAMAGED);
    known.set(at(0), SOUND);
    known.set(at(2000), SOUND);
    deepEqual([known.get(at(0)), known.get(at(1)), known.get(at(2))], [SOUND, undefined, DAMAGED]);
  });
});
