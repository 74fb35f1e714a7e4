import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Archive, EMPTY_ARCHIVE, updateArchive } from '../../../src/server/decision/archive.ts';
import { requireTools } from '../../tools/tools.ts';
import { makeSet, startServer } from '../harness.ts';
import { makeHugeSet } from '../huge-set.ts';

const GIB = 2 ** 30;
const LONG_NAME = `docker-box-odroid-c4-${'long-'.repeat(20)}name`;

/** Writes an archive as a file whose image content is a hole. */
async function writeSparse(file: string, archive: Archive): Promise<void> {
  await using handle = await open(file, 'w');
  for (const segment of archive.segments) {
    if (segment.kind === 'bytes') await handle.write(segment.bytes, 0, segment.bytes.length, segment.start);
  }
  await handle.truncate(archive.length);
}

describe('the archive', () => {
  const { tar, busybox, python3 } = requireTools('tar', 'busybox', 'python3');
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-archive-'));
  });
  after(() => rm(folder, { recursive: true }));

  const listPython = `import sys, tarfile
for m in tarfile.open(sys.argv[1]): print(m.name, m.size, oct(m.mode), m.uid, m.gid, int(m.mtime), m.isreg())`;
  const readers = {
    'GNU tar': (file: string) => spawnSync(tar, ['-tf', file], { encoding: 'utf8' }),
    'busybox tar': (file: string) => spawnSync(busybox, ['tar', '-tf', file], { encoding: 'utf8' }),
    Python: (file: string) => spawnSync(python3, ['-c', listPython, file], { encoding: 'utf8' }),
  };
  const cases = {
    'a small image': { image: 'box-pi', zst: { size: 1000, mtimeSeconds: 1_700_000_000 } },
    'a name of over 100 characters': { image: LONG_NAME, zst: { size: 1000, mtimeSeconds: 1_700_000_000 } },
    'an image of over 8 GiB': { image: 'box-pi', zst: { size: 9 * GIB, mtimeSeconds: 1_700_000_000 } },
  };
  for (const [what, { image, zst }] of Object.entries(cases)) {
    for (const [reader, read] of Object.entries(readers)) {
      it(`of ${what} is read by ${reader}`, async () => {
        const file = path.join(folder, 'update.tar');
        const checksumsFile = { content: Buffer.from('sums\n'), mtimeSeconds: 1_700_000_001 };
        await writeSparse(file, await updateArchive({ image, zst, checksumsFile }));
        const { status, stdout, stderr } = read(file);
        assert.equal(status, 0, stderr);
        const lines = stdout.trim().split('\n');
        const expected = [`${image}.img.zst`, `${image}.img.sha256`];
        if (reader === 'Python') {
          expected[0] += ` ${zst.size} 0o644 0 0 1700000000 True`;
          expected[1] += ' 5 0o644 0 0 1700000001 True';
        }
        assert.deepEqual(lines, expected);
      });
    }
  }

  const oddTimes = {
    'before 1970': [-86_400, 0],
    'after 2038': [2 ** 31, 2 ** 31 - 1],
    'after 2242': [1e10, 2 ** 31 - 1],
  } as const;
  for (const [when, [mtimeSeconds, expected]] of Object.entries(oddTimes)) {
    it(`of files from ${when} gives them the nearest time that can be told`, async () => {
      const file = path.join(folder, 'update.tar');
      const checksumsFile = { content: Buffer.from('sums\n'), mtimeSeconds };
      await writeSparse(file, await updateArchive({ image: 'a', zst: { size: 1, mtimeSeconds }, checksumsFile }));
      const { status, stdout, stderr } = spawnSync(tar, ['--utc', '--full-time', '-tvf', file], { encoding: 'utf8' });
      const time = new Date(expected * 1000).toISOString().slice(0, 19).replace('T', ' ');
      assert.deepEqual([status, stderr, stdout.split(time).length], [0, '', 3], stdout);
      assert.match(readers.Python(file).stdout, new RegExp(`^(.* ${expected} True\n){2}$`));
      assert.equal(readers['busybox tar'](file).status, 0);
    });
  }

  it('ends at a record, whatever is in it', async () => {
    for (const size of [1, 511, 512, 513, 7_168, 7_169, 10_240]) {
      const checksumsFile = { content: Buffer.alloc(200), mtimeSeconds: 1 };
      const { length, segments } = await updateArchive({ image: 'a', zst: { size, mtimeSeconds: 1 }, checksumsFile });
      assert.equal(length % 10_240, 0);
      let end = 0;
      for (const segment of segments) {
        assert.equal(segment.start, end);
        end += segment.kind === 'bytes' ? segment.bytes.length : segment.length;
      }
      assert.equal(end, length);
    }
    assert.deepEqual(EMPTY_ARCHIVE, Buffer.alloc(10_240));
  });

  it('unpacks to the files as they are, and is the same bytes at every request', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 100_000));
    const zst = path.join(server.boxes, 'box', 'box-pi.img.zst');
    await utimes(zst, 1_600_000_000, 1_600_000_000);
    const { body } = await server.get('/update/box/box-pi');
    assert.ok((await server.get('/update?name=box&board=pi')).body.equals(body));
    await writeFile(path.join(folder, 'update.tar'), body);
    const { status, stderr } = spawnSync(tar, ['-xpf', 'update.tar'], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    for (const suffix of ['.img.zst', '.img.sha256']) {
      const [got, expected] = [folder, path.join(server.boxes, 'box')].map((at) => path.join(at, `box-pi${suffix}`));
      assert.ok((await readFile(got ?? '')).equals(await readFile(expected ?? '')));
    }
  });

  it('of over 8 GiB is served from any place, without being read up to there', async () => {
    await using server = await startServer(async (boxes) => {
      return makeHugeSet(boxes, 'box', 'box-pi', 9 * GIB);
    });
    const { headers, body } = await server.get('/update/box/box-pi', { range: 'bytes=-10240' });
    assert.match(headers['content-range'] ?? '', /\/96636\d{5}$/);
    assert.match(body.toString('latin1'), /box-pi\.img\.sha256/);
  });
});
