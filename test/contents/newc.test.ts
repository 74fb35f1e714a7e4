import { deepEqual, equal, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { NewcReader } from '../../src/contents/newc.ts';
import { type ArchiveEntry, FILE, FOLDER, newcArchive } from '../fixtures/newc-archive.ts';
import { processorMs } from '../processor-time.ts';

const LIMIT = 1000;
const CONF = Buffer.from('imgname="box"\n');
const entry = (name: string, content: Buffer = CONF): ArchiveEntry => ({ name, mode: FILE | 0o644, content });

/** Gives the chunks to a reader that wants `board.conf`; what it keeps of it, and what is wrong with the archive. */
function read(chunks: Iterable<Buffer>): [found: string | undefined, fault: string | undefined] {
  const reader = new NewcReader('board.conf', LIMIT);
  for (const chunk of chunks) reader.push(chunk);
  return [reader.found?.toString(), reader.finish()];
}

/** The file's content in a sound archive, `absent` where it has none, else what is wrong. */
function find(chunks: Iterable<Buffer>): string {
  const [found, fault] = read(chunks);
  return fault ?? found ?? 'absent';
}

function findIn(...entries: ArchiveEntry[]): string {
  return find([newcArchive(entries, 0)]);
}

/** The bytes in chunks that end at these places. */
function cut(bytes: Buffer, ends: readonly number[]): Buffer[] {
  const places = [0, ...[...ends].sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const FULL = newcArchive(
  [
    { name: './etc', mode: FOLDER | 0o755 },
    entry('./init', Buffer.alloc(777, 'x')),
    entry('./etc/board.conf', Buffer.from('of something else')),
    entry('./empty', Buffer.alloc(0)),
    entry('./board.conf'),
    entry('./behind', Buffer.alloc(100)),
  ],
  1_767_225_600,
);

suite('a file in a newc archive', () => {
  test('is found by its name, with or without what find(1) writes before it', () => {
    equal(findIn(entry('board.conf')), CONF.toString());
    equal(findIn(entry('./board.conf')), CONF.toString());
    equal(find([FULL]), CONF.toString());
  });

  test('is found wherever the archive is cut in two', () => {
    for (let end = 0; end <= FULL.length; end++) equal(find(cut(FULL, [end])), CONF.toString(), `${end}`);
  });

  test('is found byte by byte, and in chunks of any sizes', () => {
    equal(find([...FULL].map((byte) => Buffer.from([byte]))), CONF.toString());
    fc.assert(
      fc.property(fc.array(fc.nat(FULL.length), { maxLength: 30 }), (ends) => {
        equal(find(cut(FULL, ends)), CONF.toString());
      }),
    );
  });

  test('is found whatever lengths the names and contents before it have', () => {
    for (let length = 1; length < 12; length++) {
      const before = entry('n'.repeat(length), Buffer.alloc(length));
      equal(findIn(before, before, entry('board.conf')), CONF.toString());
    }
  });

  test('is found in an archive with checksums', () => {
    const archive = newcArchive([entry('init'), entry('board.conf')], 0);
    equal(find([Buffer.from(archive.toString('latin1').replaceAll('070701', '070702'), 'latin1')]), CONF.toString());
  });

  test('may be empty, and may be as long as it is allowed to', () => {
    equal(findIn(entry('board.conf', Buffer.alloc(0))), '');
    equal(findIn(entry('board.conf', Buffer.alloc(LIMIT, 'x'))), 'x'.repeat(LIMIT));
    equal(findIn(entry('board.conf', Buffer.alloc(LIMIT + 1))), 'absent');
  });

  test('is absent when the archive ends without it, or when nothing of it is there', () => {
    equal(findIn(entry('init'), entry('etc/board.conf'), entry('board.conf.d')), 'absent');
    equal(findIn(), 'absent');
  });

  test('is the last of several, as Linux unpacks them', () => {
    equal(findIn(entry('board.conf', Buffer.from('first')), entry('./board.conf', Buffer.from('last'))), 'last');
  });

  test('is found in an archive with digits in lower case', () => {
    const archive = newcArchive([entry('a'.repeat(10)), entry('board.conf')], 0);
    equal(
      find([
        Buffer.from(
          archive.toString('latin1').replace(/[0-9A-F]{104}/g, (text) => text.toLowerCase()),
          'latin1',
        ),
      ]),
      CONF.toString(),
    );
  });

  test('does not count in an archive with something else than a member in it', () => {
    equal(find([Buffer.concat([Buffer.alloc(112), FULL])]), 'damaged');
    equal(find([Buffer.from('x'.repeat(200))]), 'damaged');
    const after = FULL.indexOf('./behind') - 110;
    equal(find([Buffer.concat([FULL.subarray(0, after), Buffer.alloc(4), FULL.subarray(after)])]), 'damaged');
  });

  test('does not count in an archive with a member of sizes that are none', () => {
    for (const [at, digits] of [
      [6 + 6 * 8, '-0000001'],
      [6 + 6 * 8, 'size    '],
      [6 + 11 * 8, 'FFFFFFFF'],
      [6 + 11 * 8, '00000000'],
      [6 + 11 * 8, '00001001'],
      [6 + 11 * 8, 'name    '],
    ] as const) {
      const archive = Buffer.from(FULL);
      archive.write(digits, at, 'latin1');
      equal(find([archive]), 'damaged', digits);
    }
  });

  test('does not count in an archive that is cut off, wherever', () => {
    const end = FULL.indexOf('TRAILER!!!') + 'TRAILER!!!'.length;
    for (let length = 0; length < end; length += 7) equal(find([FULL.subarray(0, length)]), 'cut', `${length}`);
    equal(find([FULL]), CONF.toString());
  });

  test('does not count in an archive of more members than any has', { timeout: 30_000 }, () => {
    const member = newcArchive([entry('x', Buffer.alloc(0))], 0).subarray(0, 112);
    const archive = Buffer.concat([...Array.from({ length: 250_001 }, () => member), FULL]);
    equal(find(cut(archive, [archive.length >> 1])), 'too many members');
  });

  test('is found in time that grows with the archive alone, whatever its members are', {
    timeout: 240_000,
  }, async () => {
    const members = Array.from({ length: 20_000 }, (_, n) => entry(`${n}`.padStart(4000, 'n'), Buffer.alloc(1)));
    const archive = newcArchive([...members, entry('board.conf')], 0); // 80 MB
    const pieces = cut(
      archive,
      Array.from({ length: 5000 }, (_, n) => n * 16_000),
    );
    ok((await processorMs(() => equal(find(pieces), CONF.toString()))) < 10_000);
  });

  test('is found or not in any archive that is damaged, without failing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(FULL.length - 1), fc.nat(255)), { maxLength: 20 }), (changes) => {
        const archive = Buffer.from(FULL);
        for (const [at, value] of changes) archive.writeUInt8(value, at);
        deepEqual(read(cut(archive, [100, 300, 900])), read([archive]));
      }),
    );
  });
});
