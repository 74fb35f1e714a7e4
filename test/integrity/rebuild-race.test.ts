import { ok } from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { packImage } from '../../src/images/packing/pack.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { boardCareer } from './race-boards.ts';
import { pause, type RandomNumbers, RebuiltBox, randomNumbers } from './rebuilt-box.ts';

const BOARDS = 8;

/** A build stands complete for so long, at most, until the next one begins. */
const COMPLETE_MS = 300;

/** A race takes more builds where boards boot slowly; after so many there is none. */
const MOST_BUILDS = 200;

/** There was a race only where boards got builds, and where they came in between and got none. */
const FEWEST_FLASHES = 21;
const FEWEST_IN_VAIN = 11;

/** Boots boards while `build` rebuilds their box, `builds` times at least, and until there was a race. */
async function race(builds: number, build: (box: RebuiltBox) => Promise<void>, random: RandomNumbers): Promise<void> {
  const boxes = await mkdtemp(path.join(tmpdir(), 'mkbox-race-'));
  try {
    const box = new RebuiltBox(path.join(boxes, 'docker-box'));
    await mkdir(box.folder);
    await using server = await startUpdateServer({ imagePath: boxes });
    let [flashes, inVain, isDone] = [0, 0, false];
    const wasRace = () => flashes >= FEWEST_FLASHES && inVain >= FEWEST_IN_VAIN;
    const onBoot = (isFlashed: boolean) => {
      if (isFlashed) flashes++;
      else inVain++;
    };
    const building = (async () => {
      for (let built = 0; built < builds || (built < MOST_BUILDS && !wasRace()); built++) {
        await build(box);
        await pause(random, COMPLETE_MS);
      }
      ok(wasRace(), `${flashes} boots with a flash, and ${inVain} in vain, are enough to tell`);
    })().finally(() => {
      isDone = true;
    });
    const careers = Array.from({ length: BOARDS }, (_, number) =>
      boardCareer({ server: server.url, box, number, isDone: () => isDone, onBoot }),
    );
    await Promise.allSettled([building, ...careers]); // what one of them finds, all outlive
    await Promise.all([building, ...careers]);
  } finally {
    await rm(boxes, { recursive: true, force: true });
  }
}

suite('boards that boot while their box is rebuilt', () => {
  test('get whole builds that report their own IDs, each once, and the last one in the end', async () => {
    const random = randomNumbers(1);
    await race(45, (box) => box.rebuild(random), random);
  });

  test('get them so from a packer, too', async () => {
    const pack = async (box: RebuiltBox) => {
      const { content } = await box.begin();
      await packImage({ folder: box.folder, image: box.image, buildId: content.buildId });
    };
    await race(12, pack, randomNumbers(2));
  });
});
