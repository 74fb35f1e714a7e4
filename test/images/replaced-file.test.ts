import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { PinnedFile } from '../../src/images/pinned-file.ts';
import { MOST_WAIT_MS } from '../until.ts';
import { makeBoxes } from './image-sets.ts';

suite('a file that is replaced all the time', () => {
  test('is opened, and whole, whenever that is', { timeout: MOST_WAIT_MS }, async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('box'));
    await writeFile(boxes.at('box', 'file'), 'build 0');
    let done = false;
    const replaced = replace(boxes.at('box', 'file'), 40).finally(() => {
      done = true;
    });
    const opened = new Set<string>();
    while (!done) {
      const file = await PinnedFile.open(boxes.root, boxes.at('box'), 'file');
      if (typeof file === 'string') {
        opened.add(file);
      } else {
        opened.add(/^build \d+$/.test(String(await file.readAll(100))) ? 'whole' : 'torn');
        equal(await file.isUnchanged(), true);
        await file.close();
      }
    }
    await replaced;
    deepEqual([...opened], ['whole']);
  });
});

/** Renames a new file over `file`, `times` times, with pauses in which it can be opened. */
async function replace(file: string, times: number): Promise<void> {
  for (let time = 1; time <= times; time++) {
    await writeFile(`${file}.new`, `build ${time}`);
    await rename(`${file}.new`, file);
    await pause(10);
  }
}
