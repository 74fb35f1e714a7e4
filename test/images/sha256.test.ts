import { equal, rejects } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { sharedReadMemory } from '../../src/images/read-memory.ts';
import { openSha256, type Sha256 } from '../../src/images/sha256.ts';

/** Of some bytes, and of so many that a thread of its own takes them. */
const SIZES = { 'on this thread': 1, 'on another thread': 2 ** 30 };

/** Pieces as they are read, in shared memory. */
function pieces(...sizes: readonly number[]): Buffer[] {
  return sizes.map((size) => {
    const piece = sharedReadMemory(size);
    randomBytes(size).copy(piece);
    return piece;
  });
}

async function opened(size: number): Promise<Sha256 & AsyncDisposable> {
  const sha256 = openSha256(size);
  return Object.assign(sha256, { [Symbol.asyncDispose]: () => sha256.close() });
}

suite('a SHA-256', () => {
  for (const [where, size] of Object.entries(SIZES)) {
    test(`of pieces is that of them all, ${where}`, async () => {
      await using sha256 = await opened(size);
      const all = pieces(3_000_000, 1, 0, 70_000);
      const taken = Promise.all(all.map((piece) => sha256.update(piece)));
      equal(await sha256.digest(), createHash('sha256').update(Buffer.concat(all)).digest('hex'));
      await taken;
    });

    test(`leaves a piece alone when it is taken, ${where}`, async () => {
      await using sha256 = await opened(size);
      const [piece = Buffer.alloc(0)] = pieces(5_000_000);
      const expected = createHash('sha256').update(piece);
      await sha256.update(piece);
      piece.fill(7);
      equal(await sha256.digest(), expected.digest('hex'));
    });

    test(`of nothing is told, too, ${where}`, async () => {
      await using sha256 = await opened(size);
      equal(await sha256.digest(), createHash('sha256').digest('hex'));
    });
  }

  test('whose thread has ended tells so, and does not hang', async () => {
    const sha256 = openSha256(SIZES['on another thread']);
    const [piece = Buffer.alloc(0)] = pieces(1_000_000);
    const taking = rejects(sha256.update(piece), /has ended/);
    await sha256.close();
    await taking;
    await rejects(sha256.digest(), /has ended/);
  });
});
