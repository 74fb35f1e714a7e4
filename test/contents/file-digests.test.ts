import { deepEqual, rejects } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { FileDigests } from '../../src/contents/file-digests.ts';

const MIB = 1024 ** 2;

test('files of any size, in pieces or not, have their digests', async () => {
  const digests = new FileDigests();
  const expected = new Map<string, string>();
  const add = async (key: string, pieces: readonly Buffer[]) => {
    const content = Buffer.concat(pieces);
    expected.set(key, hash('sha256', content));
    await digests.add(
      key,
      content.length,
      (async function* () {
        yield* pieces;
      })(),
    );
  };
  await add('empty', []);
  await add('large', [Buffer.alloc(3 * MIB, 1), Buffer.alloc(3 * MIB, 2)]);
  await add('in pieces', [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  for (let index = 0; index < 40; index++) await add(`small ${index}`, [Buffer.alloc(MIB, index)]);
  const found = await digests.finish();
  deepEqual([...found].sort(), [...expected].sort());
});

test('a file that cannot be read to its end is told of at once', async () => {
  const damaged = (async function* () {
    yield Buffer.from('begin');
    throw new Error('damaged');
  })();
  await rejects(new FileDigests().add('file', 10, damaged), /damaged/);
});
