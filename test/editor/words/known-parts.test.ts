import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { boardConfOf, knownParts } from '../../../src/editor/words/known-parts.ts';
import { examination } from '../examinations.ts';
import { image } from '../transfers.ts';

const IMAGE = image('box/box-pi-main');

suite('the parts of an image', () => {
  test('are those of its name, taken apart by what its board.conf says', () => {
    const conf = { box: 'box-pi', board: 'main' };
    deepEqual(knownParts(IMAGE, examination({ conf: { ...conf, arch: 'aarch64' } }), ['pi']), conf);
    const all = { ...conf, branch: 'x', version: '1' };
    deepEqual(knownParts(image('box/box-pi-main-x-1'), examination({ conf: all }), ['pi']), all);
    deepEqual(knownParts(IMAGE, examination({ conf: all }), ['pi']), conf);
    const renamed = image('box/box-pi-main-big');
    const main = examination({ conf: { box: 'box', board: 'pi', branch: 'main' } });
    deepEqual(knownParts(renamed, main, []), { box: 'box', board: 'pi', branch: 'main-big' });
  });

  test('are those of its name as long as nothing else is known, or not enough', () => {
    const parts = { box: 'box', board: 'pi', branch: 'main' };
    deepEqual(knownParts(IMAGE, undefined, ['pi']), parts);
    deepEqual(knownParts(IMAGE, examination({ conf: { box: 'box' } }), ['pi']), parts);
    deepEqual(knownParts(IMAGE, examination({ inside: { faults: ['no initramfs'] } }), ['pi']), parts);
  });

  test('are not known where neither tells', () => equal(knownParts(IMAGE, undefined, []), undefined));
});

test('a damaged image has no board.conf', () => {
  const damage = { problem: 'not zstd', at: 0 } as const;
  equal(boardConfOf({ ...examination(), content: { kind: 'damaged', damage } }), undefined);
});
