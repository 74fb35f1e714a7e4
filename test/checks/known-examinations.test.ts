import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import type { Examination, SoundContent } from '../../src/checks/examination.ts';
import { KnownExaminations, keyOf } from '../../src/checks/known-examinations.ts';
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
    inside: { partitionsEnd: 9, boardConf: { box: 'box' }, faults: [] },
  },
};

/** There was no room for the look inside. */
const PARTIAL: Examination = {
  ...SOUND,
  content: { ...(SOUND.content as SoundContent), inside: 'ENOSPC in the temporary folder /tmp' },
};

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
    deepEqual(examinations, [['1:1:3:4:5', SOUND, crc32(JSON.stringify(['1:1:3:4:5', SOUND]))]]);
    examinations.push(['1:1:3:4:6', PARTIAL, crc32(JSON.stringify(['1:1:3:4:6', PARTIAL]))]);
    await writeFile(cache, JSON.stringify({ format: 3, examinations }));
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

  /** As it is kept: with its checksum. */
  const entry = (examination: unknown, key = keyOf(FILE)) => [
    key,
    examination,
    crc32(JSON.stringify([key, examination])),
  ];
  const textOf = (...examinations: unknown[]) => JSON.stringify({ format: 3, examinations });
  const spoilt: Record<string, string> = {
    empty: '',
    'no JSON': '{"format":3,',
    'cut off': textOf(entry(DAMAGED)).slice(0, -5),
    'not an object': 'null',
    'of a later format': JSON.stringify({ format: 4, examinations: [entry(DAMAGED)] }),
    'without examinations': '{"format":3}',
    'with a number of examinations': '{"format":3,"examinations":5}',
    'with an entry that is null': textOf(null),
    'with an examination that is null': textOf(entry(null)),
    'with a content of another kind': textOf(entry({ ...DAMAGED, content: { kind: 'odd' } })),
    'with nothing inside': textOf(entry({ ...SOUND, content: { ...SOUND.content, inside: null } })),
    'with a number that is none': textOf(entry({ ...SOUND, examinedAtMs: 1e300 })),
    'with another digit': textOf(entry(SOUND)).replace('bbb', 'bcb'),
  };
  for (const [what, text] of Object.entries(spoilt)) {
    test(`begins with nothing when its file is ${what}, which is set aside and told`, async () => {
      await using boxes = await makeBoxes();
      const cache = boxes.beside('known.json');
      await writeFile(cache, text);
      const told: string[] = [];
      const known = await KnownExaminations.open(cache, { onDamage: (damage) => told.push(damage) });
      equal(known.get(FILE), undefined);
      equal(told.length, 1);
      const [aside = ''] = (await readdir(boxes.beside())).filter((name) => name.startsWith('known.json.damaged-'));
      ok(told[0]?.includes(aside));
      equal(await readFile(boxes.beside(aside), 'utf8'), text);
      known.set(FILE, SOUND);
      await known.save();
      deepEqual((await KnownExaminations.open(cache)).get(FILE), SOUND);
    });
  }

  test('is not believed of an older format, which is no damage', async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('known.json');
    for (const format of [1, 2]) {
      await writeFile(cache, JSON.stringify({ format, examinations: [entry(DAMAGED)] }));
      const told: string[] = [];
      const known = await KnownExaminations.open(cache, { onDamage: (damage) => told.push(damage) });
      deepEqual([known.get(FILE), told, await readdir(boxes.beside())], [undefined, [], ['boxes', 'known.json']]);
    }
  });

  test('loses nothing but what is damaged', async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('known.json');
    await writeFile(
      cache,
      textOf(entry(DAMAGED), entry({ ...SOUND, zstSha256: 5 }, '1:1:3:4:5'), entry(SOUND, '1:2:3:4:5')),
    );
    const told: string[] = [];
    const known = await KnownExaminations.open(cache, { onDamage: (damage) => told.push(damage) });
    deepEqual(
      [known.get(FILE), known.get({ ...FILE, ino: 1n }), known.get({ ...FILE, ino: 2n })],
      [DAMAGED, undefined, SOUND],
    );
    match(told.join(), /1 of 3 entries are not valid/);
    await known.save();
    deepEqual((await KnownExaminations.open(cache)).get(FILE), DAMAGED);
  });

  test('is what was kept, or nothing, after any of 250 changes to its file', { timeout: 240_000 }, async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('known.json');
    const files = [DAMAGED, SOUND].map((examination, ino) => ({ file: { ...FILE, ino: BigInt(ino) }, examination }));
    const text = Buffer.from(textOf(...files.map(({ file, examination }) => entry(examination, keyOf(file)))));
    const change = fc.oneof(
      fc.tuple(fc.nat(text.length - 1), fc.nat(255)).map(([at, byte]) => {
        const changed = Buffer.from(text);
        changed.writeUInt8(byte, at);
        return changed;
      }),
      fc.nat(text.length).map((length) => text.subarray(0, length)),
      fc
        .tuple(fc.nat(text.length), fc.nat(text.length))
        .map(([to, from]) => Buffer.concat([text.subarray(0, to), text.subarray(from)])),
      fc
        .tuple(fc.nat(200), fc.constantFrom('null', '1e300', '-1', '"x"', '[]', '{}', 'true'))
        .map(([at, value]) => Buffer.from(withValue(text.toString(), at, value))),
    );
    const changes = fc.asyncProperty(change, async (changed) => {
      await writeFile(cache, changed);
      const known = await KnownExaminations.open(cache);
      await known.save();
      let lost = 0;
      for (const { file, examination } of files) {
        const found = known.get(file);
        if (found === undefined) lost++;
        else deepEqual(found, examination);
      }
      const isAside = (await readdir(boxes.beside())).some((name) => name.includes('.damaged-'));
      const isOlder = /"format":[12],/.test(changed.toString());
      if (lost > 0 && !isOlder) ok(isAside, changed.toString());
      for (const name of await readdir(boxes.beside())) if (name !== 'boxes') await rm(boxes.beside(name));
    });
    await fc.assert(changes, { seed: 20261128, numRuns: 250 });
  });

  test('stays known when its file cannot be written, and is written once it can', async () => {
    await using boxes = await makeBoxes();
    const cache = boxes.beside('taken', 'known.json');
    await writeFile(boxes.beside('taken'), 'a file where the folder would be');
    const failures: string[] = [];
    const known = await KnownExaminations.open(cache, { onFailure: (code) => failures.push(code) });
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

  test('is written once that works again, though nothing new is known', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    for (const passedMs of [0, 10_000]) {
      await using boxes = await makeBoxes();
      const cache = boxes.beside('taken', 'known.json');
      await writeFile(boxes.beside('taken'), 'a file where the folder would be');
      const known = await KnownExaminations.open(cache);
      known.set(FILE, DAMAGED);
      await known.save();
      await rm(boxes.beside('taken'));
      t.mock.timers.tick(passedMs);
      await known.save();
      deepEqual((await KnownExaminations.open(cache)).get(FILE), DAMAGED);
    }
  });

  test('leaves no half-written file behind where it cannot be put in place', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.beside('known', 'in the way'), { recursive: true });
    const failures: string[] = [];
    const known = await KnownExaminations.open(boxes.beside('known'), { onFailure: (code) => failures.push(code) });
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

/** The text of JSON with another value in the place of one of those in it. */
function withValue(text: string, index: number, value: string): string {
  const places = [...text.matchAll(/(?<=[:,[])(?:"[^"]*"|[\d.]+|true|false)(?=[,}\]])/g)];
  const place = places[index % places.length];
  if (place === undefined) throw new Error('no value');
  return text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
}
