import { equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { type FileLooks, PATIENT_LOOKS } from '../../src/images/file-looks.ts';
import { type ImageState, inspectImage } from '../../src/images/image-state.ts';
import { BUILD_A, BUILD_B, makeBoxes, writeSet } from './image-sets.ts';

/** FAT keeps times in steps of so many seconds; other file systems, in those of milliseconds. */
const STEP_NS = 2_000_000_000n;

/** How files look that lie on FAT. */
const LOOKS: FileLooks = {
  ...PATIENT_LOOKS,
  async see(filePath) {
    const seen = await PATIENT_LOOKS.see(filePath);
    if (seen.kind === 'fault') return seen;
    const { mtimeNs, ctimeNs, ...identity } = seen.identity;
    const stepOf = (timeNs: bigint) => timeNs - (timeNs % STEP_NS);
    return { kind: 'file', identity: { ...identity, mtimeNs: stepOf(mtimeNs), ctimeNs: stepOf(ctimeNs) } };
  },
};

const buildOf = (state: ImageState) => (state.kind === 'ready' ? state.buildId : state.fault.problem);

suite('where times are kept in steps', () => {
  test('a build ID is seen that takes the place of one that was written, and seen, a moment ago', async () => {
    await using boxes = await makeBoxes();
    const set = await writeSet(boxes.root, 'box', 'box-pi');
    const first = await inspectImage(set.location, false, LOOKS);
    equal(buildOf(first.state), BUILD_A);
    const again = await inspectImage(set.location, false, LOOKS, first);
    equal(again.state, first.state, 'what did not change stays the same');
    await writeFile(set.file('.img.buildID'), `${BUILD_B}  box-pi.img\n`);
    const next = await inspectImage(set.location, false, LOOKS, again);
    equal(buildOf(next.state), BUILD_B);
  });
});
