import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { requireTools } from '../tools/tools.ts';
import { makeBoxes, writeSet } from './image-sets.ts';

const { bash } = requireTools('bash');

/** Opens files until no more may be, looks at the images, gives the files back, and looks again. */
const PROGRAM = `
import fs from 'node:fs';
import { Catalog } from ${JSON.stringify(new URL('../../src/images/catalog.ts', import.meta.url).href)};
const catalog = new Catalog([process.argv[1]]);
await catalog.refresh();
const open = [];
try {
  for (;;) open.push(fs.openSync('/dev/null'));
} catch {}
const during = await catalog.refresh(true);
for (const fd of open) fs.closeSync(fd);
const after = await catalog.refresh(true);
const told = ({ images, unreadable }) => [images.map(({ id }) => id), unreadable.map(({ code }) => code)];
console.log(JSON.stringify([told(during), told(after)]));
`;

test('a process that has no file descriptor left keeps the images that were last seen', async () => {
  await using boxes = await makeBoxes();
  await writeSet(boxes.root, 'box', 'box-pi');
  const { status, stdout, stderr } = spawnSync(bash, [
    ...['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', PROGRAM, boxes.root],
  ]);
  equal(status, 0, stderr.toString());
  deepEqual(JSON.parse(stdout.toString()), [
    [['box/box-pi'], ['EMFILE']],
    [['box/box-pi'], []],
  ]);
});
