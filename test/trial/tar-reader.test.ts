import { deepEqual, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { TarReader } from '../../src/trial/tar-reader.ts';
import { requireTools } from '../tools/tools.ts';

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function membersOf(bytes: Buffer, pieceBytes = bytes.length): Promise<Record<string, string>> {
  const tar = new TarReader(inPieces(bytes, pieceBytes));
  const found: Record<string, string> = {};
  for (let member = await tar.next(); member !== undefined; member = await tar.next()) {
    const parts: Buffer[] = [];
    for await (const part of member.content) parts.push(Buffer.from(part));
    found[member.name] = Buffer.concat(parts).toString();
  }
  return found;
}

/** A tar that GNU tar made of files with these names, each of which holds its own name. */
async function madeByTar(format: string, names: readonly string[]): Promise<Buffer> {
  const { tar } = requireTools('tar');
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-tar-'));
  try {
    for (const name of names) await writeFile(path.join(folder, name), name);
    return execFileSync(tar, [`--format=${format}`, '-cf', '-', ...names], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

suite('a tar is read as it comes', () => {
  const names = ['a.img.zst', 'a.img.sha256', `${'long-'.repeat(40)}.img.zst`, 'ü.img'];

  for (const format of ['gnu', 'pax']) {
    test(`in pieces of every size, as tar makes it with --format=${format}`, async () => {
      const archive = await madeByTar(format, names);
      const expected = Object.fromEntries(names.map((name) => [name, name]));
      for (const pieceBytes of [1, 7, 511, 512, 513, archive.length]) {
        deepEqual(await membersOf(archive, pieceBytes), expected, `in pieces of ${pieceBytes}`);
      }
    });
  }

  test('with what nobody reads passed over', async () => {
    const tar = new TarReader(inPieces(await madeByTar('gnu', names), 100));
    const found: string[] = [];
    for (let member = await tar.next(); member !== undefined; member = await tar.next()) found.push(member.name);
    deepEqual(found, names);
  });

  test('and has no members where there are only zeros', async () => {
    deepEqual(await membersOf(Buffer.alloc(10_240)), {});
  });

  test('and is none where something else comes', async () => {
    await rejects(membersOf(Buffer.from('<html>'.repeat(200))), { problem: 'not a tar' });
  });

  test('and is cut off wherever it ends early', async () => {
    const archive = await madeByTar('gnu', names);
    for (const length of [0, 100, 512, 520, 1024, 1500]) {
      await rejects(membersOf(archive.subarray(0, length)), { problem: 'ends early' }, `${length} bytes`);
    }
  });
});
