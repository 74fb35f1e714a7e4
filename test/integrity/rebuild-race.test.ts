import { ok } from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { packImage } from '../../src/images/packing/pack.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { boardCareer, type Career } from './race-boards.ts';
import { pause, RebuiltBox, randomNumbers } from './rebuilt-box.ts';

const BOARDS = 8;

/** A build stands complete for so long, at most, until the next one begins. */
const COMPLETE_MS = 300;

/** Boots boards over a box while `write` rebuilds it; answers what became of them. */
async function race(write: (box: RebuiltBox) => Promise<void>): Promise<Career[]> {
  const boxes = await mkdtemp(path.join(tmpdir(), 'mkbox-race-'));
  try {
    const box = new RebuiltBox(path.join(boxes, 'docker-box'));
    await mkdir(box.folder);
    await using server = await startUpdateServer({ imagePath: boxes });
    let isDone = false;
    const writing = write(box).finally(() => {
      isDone = true;
    });
    const careers = Array.from({ length: BOARDS }, (_, number) => boardCareer(server.url, box, number, () => isDone));
    await Promise.allSettled([writing, ...careers]); // what one of them finds, all outlive
    await writing;
    return await Promise.all(careers);
  } finally {
    await rm(boxes, { recursive: true, force: true });
  }
}

/** There was a race only where boards got builds, and where they came in between and got none. */
function wasRace(careers: readonly Career[]): void {
  const flashes = careers.reduce((sum, { flashed }) => sum + flashed.length, 0);
  const boots = careers.reduce((sum, career) => sum + career.boots, 0);
  const inVain = boots - flashes - BOARDS; // the last boot of each finds it up to date
  ok(flashes > 20 && inVain > 10, `${flashes} boots with a flash, and ${inVain} in vain, are enough to tell`);
}

suite('boards that boot while their box is rebuilt', () => {
  test('get whole builds that report their own IDs, each once, and the last one in the end', async () => {
    const random = randomNumbers(1);
    const careers = await race(async (box) => {
      for (let build = 1; build <= 45; build++) {
        await box.rebuild(random);
        await pause(random, COMPLETE_MS);
      }
    });
    wasRace(careers);
  });

  test('get them so from a packer, too', async () => {
    const random = randomNumbers(2);
    const careers = await race(async (box) => {
      for (let build = 1; build <= 12; build++) {
        const { content } = await box.begin();
        await packImage({ folder: box.folder, image: box.image, buildId: content.buildId });
        await pause(random, COMPLETE_MS);
      }
    });
    wasRace(careers);
  });
});
