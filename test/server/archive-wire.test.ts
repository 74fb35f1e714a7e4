import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requireTools } from '../tools/tools.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';
import { makeHugeSet } from './huge-set.ts';

const GIB = 2 ** 30;
const HUGE_BYTES = 9 * GIB + 12_345;
const LONG = `box-pi-${'long-branch-'.repeat(18)}1.0`;
const NAMES = ['box-pi', LONG, `box-pi-${'x'.repeat(84)}`, `box-pi-${'x'.repeat(85)}`, 'box-pi-für-émile', 'box-pi 4'];
const MEMBERS_PYTHON = `import json, sys, tarfile
t = tarfile.open(sys.argv[1])
print(json.dumps([[m.name, m.size, m.mode, m.uid, m.gid, m.mtime, m.type.decode(), m.offset_data] for m in t]))`;

describe('the update archive, as it comes over the wire', () => {
  const { tar, busybox, python3 } = requireTools('tar', 'busybox', 'python3');
  let server: TestServer;
  let folder: string;
  const inBox = (name: string) => path.join(server.boxes, 'box', name);
  before(async () => {
    server = await startServer(async (boxes) => {
      for (const [index, name] of NAMES.entries()) {
        await makeSet(boxes, 'box', name, 5_000 + index);
        await utimes(path.join(boxes, 'box', `${name}.img.zst`), 1_600_000_000, 1_600_000_000.75);
        await utimes(path.join(boxes, 'box', `${name}.img.sha256`), 1_600_000_000, 1_500_000_000);
      }
      return makeHugeSet(boxes, 'box', 'box-huge', HUGE_BYTES);
    });
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-wire-'));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const fetchArchive = async (image: string) => {
    const { status, body } = await server.get(`/update/box/${encodeURIComponent(image)}`);
    assert.equal(status, 200);
    const file = path.join(folder, 'update.tar');
    await writeFile(file, body);
    return { file, body };
  };
  const members = (file: string) => {
    const { status, stdout, stderr } = spawnSync(python3, ['-c', MEMBERS_PYTHON, file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as (string | number)[][];
  };

  it('has the header fields of a file of root, with the times of the files', async () => {
    const { body } = await fetchArchive('box-pi');
    const field = (at: number, length: number) => body.toString('latin1', at, at + length).replace(/[\0 ]+$/, '');
    assert.equal(field(0, 100), 'box-pi.img.zst');
    assert.equal(Number.parseInt(field(100, 8), 8), 0o644);
    assert.equal(Number.parseInt(field(108, 8), 8), 0);
    assert.equal(Number.parseInt(field(116, 8), 8), 0);
    assert.equal(Number.parseInt(field(124, 12), 8), 5_000);
    assert.equal(Number.parseInt(field(136, 12), 8), 1_600_000_000);
    assert.equal(field(156, 1), '0');
    assert.equal(field(257, 5), 'ustar');
    const sum = body.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    assert.equal(Number.parseInt(field(148, 8), 8), sum);
  });

  for (const name of NAMES) {
    const shown = name.length > 40 ? `${name.length} characters` : name;
    it(`holds the image, then its checksums, for a name of ${shown}`, async () => {
      const { file, body } = await fetchArchive(name);
      assert.equal(body.length % 10_240, 0);
      assert.ok(body.subarray(-1024).every((byte) => byte === 0));
      const { size } = await stat(inBox(`${name}.img.zst`));
      const sums = await readFile(inBox(`${name}.img.sha256`));
      assert.deepEqual(
        members(file).map((member) => member.slice(0, 7)),
        [
          [`${name}.img.zst`, size, 0o644, 0, 0, 1_600_000_000, '0'],
          [`${name}.img.sha256`, sums.length, 0o644, 0, 0, 1_500_000_000, '0'],
        ],
      );
    });

    const unpackers = { 'GNU tar': [tar, '-mxf'], 'busybox tar': [busybox, 'tar', '-mxf'] };
    for (const [unpacker, [program = '', ...args]] of Object.entries(unpackers)) {
      it(`is unpacked by ${unpacker} to the same bytes, for a name of ${shown}`, async () => {
        const { body } = await fetchArchive(name);
        const target = path.join(folder, 'unpacked');
        await mkdir(target);
        try {
          const { status, stderr } = spawnSync(program, [...args, '-'], { cwd: target, input: body });
          assert.equal(status, 0, stderr.toString());
          assert.deepEqual((await readdir(target)).sort(), [`${name}.img.sha256`, `${name}.img.zst`]);
          for (const unpacked of await readdir(target)) {
            assert.ok((await readFile(path.join(target, unpacked))).equals(await readFile(inBox(unpacked))));
          }
          assert.equal(
            spawnSync('sha256sum', ['-c', '--ignore-missing', '--quiet', '--', `${name}.img.sha256`], { cwd: target })
              .status,
            0,
          );
        } finally {
          await rm(target, { recursive: true });
        }
      });
    }
  }

  it('is the same bytes at every request, and in any two halves', async () => {
    const digest = async (headers: Record<string, string> = {}) => {
      const { body } = await server.get('/update/box/box-pi', headers);
      return body;
    };
    const whole = await digest();
    for (let time = 0; time < 5; time++) assert.ok((await digest()).equals(whole));
    const halves = [await digest({ range: 'bytes=0-700' }), await digest({ range: 'bytes=701-' })];
    assert.ok(Buffer.concat(halves).equals(whole));
  });

  it('of an image over 8 GiB has a header that Python reads the size from', async () => {
    const start = performance.now();
    const { headers } = await server.get('/update/box/box-huge', {}, 'HEAD');
    const length = Number(headers['content-length']);
    const part = async (range: string) => (await server.get('/update/box/box-huge', { range: `bytes=${range}` })).body;
    const head = await part('0-2047');
    const tail = await part('-12288');
    const file = path.join(folder, 'huge.tar');
    await using archive = await open(file, 'w');
    await archive.write(head, 0, head.length, 0);
    await archive.write(tail, 0, tail.length, length - tail.length);
    assert.deepEqual(
      members(file).map(([name, bytes]) => [name, bytes]),
      [
        ['box-huge.img.zst', HUGE_BYTES],
        ['box-huge.img.sha256', (await stat(inBox('box-huge.img.sha256'))).size],
      ],
    );
    assert.equal(spawnSync(tar, ['-tf', file]).status, 0);
    const hole = await part(`${8 * GIB}-${8 * GIB + 99_999}`);
    assert.deepEqual(
      createHash('sha256').update(hole).digest('hex'),
      createHash('sha256').update(Buffer.alloc(100_000)).digest('hex'),
    );
    assert.ok(performance.now() - start < 10_000);
  });
});
