import { equal } from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { FolderWatch } from '../../src/images/folder-watch.ts';
import { until } from '../until.ts';
import { makeBoxes } from './image-sets.ts';

/** Systems tell of a change within milliseconds, where they tell. */
const QUIET_MS = 200;

function watching() {
  let hints = 0;
  const watch = new FolderWatch(() => {
    hints++;
  });
  /** Does something, and tells how many hints there were before. */
  const hintsBefore = async (act: () => Promise<unknown>) => {
    await pause(20); // what went before is told of late
    const before = hints;
    await act();
    return before;
  };
  return {
    only: (...folders: string[]) => watch.watchOnly(folders),
    close: () => watch.close(),
    hintsAt: async (act: () => Promise<unknown>) => {
      const before = await hintsBefore(act);
      await until(() => hints > before);
    },
    isQuietAt: async (act: () => Promise<unknown>) => {
      const before = await hintsBefore(act);
      await pause(QUIET_MS);
      equal(hints, before);
    },
    [Symbol.dispose]: () => watch.close(),
  };
}

suite('a watch on folders', () => {
  test('hints when a file comes into a folder, is written there, and goes', async () => {
    await using boxes = await makeBoxes();
    using watch = watching();
    watch.only(boxes.root);
    await watch.hintsAt(() => writeFile(boxes.at('a'), 'a'));
    await watch.hintsAt(() => writeFile(boxes.at('a'), 'b'));
    await watch.hintsAt(() => rm(boxes.at('a')));
  });

  test('does not look below its folders', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('box', 'deep'), { recursive: true });
    using watch = watching();
    watch.only(boxes.root);
    await watch.isQuietAt(() => writeFile(boxes.at('box', 'deep', 'a'), 'a'));
  });

  test('goes over to other folders and forgets those before', async () => {
    await using boxes = await makeBoxes();
    for (const box of ['one', 'two', 'three']) await mkdir(boxes.at(box));
    using watch = watching();
    watch.only(boxes.at('one'), boxes.at('two'));
    watch.only(boxes.at('two'), boxes.at('three'));
    await watch.isQuietAt(() => writeFile(boxes.at('one', 'a'), 'a'));
    await watch.hintsAt(() => writeFile(boxes.at('two', 'a'), 'a'));
    await watch.hintsAt(() => writeFile(boxes.at('three', 'a'), 'a'));
  });

  test('hints no more once it is closed', async () => {
    await using boxes = await makeBoxes();
    using watch = watching();
    watch.only(boxes.root);
    watch.close();
    await watch.isQuietAt(() => writeFile(boxes.at('a'), 'a'));
  });

  test('does without a folder that is not there, and takes it once it is', async () => {
    await using boxes = await makeBoxes();
    using watch = watching();
    watch.only(boxes.at('box'), boxes.root);
    await watch.hintsAt(() => mkdir(boxes.at('box')));
    watch.only(boxes.at('box'), boxes.root);
    await watch.hintsAt(() => writeFile(boxes.at('box', 'a'), 'a'));
  });

  test('takes a folder again that was deleted and made anew', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('box'));
    using watch = watching();
    watch.only(boxes.at('box'));
    await watch.hintsAt(() => rm(boxes.at('box'), { recursive: true }));
    await mkdir(boxes.at('box'));
    watch.only(boxes.at('box'));
    await watch.hintsAt(() => writeFile(boxes.at('box', 'a'), 'a'));
  });
});
