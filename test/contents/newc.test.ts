import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { NewcSearch } from '../../src/contents/newc.ts';
import { type ArchiveEntry, FILE, FOLDER, newcArchive } from '../fixtures/newc-archive.ts';

const LIMIT = 1000;
const CONF = Buffer.from('imgname="box"\n');
const entry = (name: string, content: Buffer = CONF): ArchiveEntry => ({ name, mode: FILE | 0o644, content });

/** Gives the chunks to a search for `board.conf`; what it answers, first, as text. */
function find(chunks: Iterable<Buffer>): string | undefined {
  const search = new NewcSearch('board.conf', LIMIT);
  for (const chunk of chunks) {
    const found = search.push(chunk);
    if (found !== undefined) return found.toString();
  }
  return undefined;
}

function findIn(...entries: ArchiveEntry[]): string | undefined {
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

  test('is absent behind what is no member', () => {
    equal(find([Buffer.concat([Buffer.alloc(112), FULL])]), 'absent');
    equal(find([Buffer.from('x'.repeat(200))]), 'absent');
  });

  test('is absent behind a member with sizes that are none', () => {
    for (const [at, digits] of [
      [6 + 6 * 8, '-0000001'],
      [6 + 6 * 8, 'size    '],
      [6 + 11 * 8, 'FFFFFFFF'],
      [6 + 11 * 8, 'name    '],
    ] as const) {
      const archive = Buffer.from(FULL);
      archive.write(digits, at, 'latin1');
      equal(find([archive]), 'absent', digits);
    }
  });

  test('is not known as long as the archive goes on', () => {
    const search = new NewcSearch('board.conf', LIMIT);
    equal(search.push(FULL.subarray(0, 500)), undefined);
    equal(search.push(Buffer.alloc(0)), undefined);
  });

  test('is found or not in any archive that is damaged, without failing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(FULL.length - 1), fc.nat(255)), { maxLength: 20 }), (changes) => {
        const archive = Buffer.from(FULL);
        for (const [at, value] of changes) archive.writeUInt8(value, at);
        deepEqual(find(cut(archive, [100, 300, 900])), find([archive]));
      }),
    );
  });
});
