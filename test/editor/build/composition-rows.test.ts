import { deepEqual } from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { PartNode } from '../../../src/editor/build/build-nodes.ts';
import { partsOfBox } from '../../../src/editor/build/composition-rows.ts';
import { filesOf, RELEASE, ROOT } from '../../boxbuild/project.ts';
import { PLAIN } from '../plain-words.ts';

const drawn = (rows: readonly PartNode[], level = 0): string[] =>
  rows.flatMap(({ label, description, children }) => [
    `${'  '.repeat(level)}${[label, description].filter(Boolean).join(': ')}`,
    ...drawn(children, level + 1),
  ]);

test('what a box consists of is drawn from its boards to itself', async () => {
  const boxbuild = path.join(ROOT, 'boxes/app-box/BOXBUILD');
  const box = { name: 'app-box', path: path.dirname(boxbuild) };
  const recipe = { box, boxbuild, name: 'app-box', boards: ['board-a', 'board-b'] };
  deepEqual(drawn(await partsOfBox(recipe, filesOf(RELEASE), PLAIN, 'en')), [
    'Boards: 2',
    '  board-a: root partition 372 MiB · boot partition 128 MiB',
    '  board-b: root partition 442 MiB · boot partition 128 MiB',
    'base-box: 9 packages · +32 MiB',
    '  alpine-baselayout',
    '  bash',
    '  openrc',
    '  bash: initramfs',
    '  busybox: initramfs',
    '  zstd: initramfs',
    '  tar: initramfs',
    '  curl: initramfs',
    '  bind-tools: initramfs',
    'app-box: 3 packages · +250 MiB',
    '  openssh',
    '  docker',
    '  ca-certificates',
  ]);
});
