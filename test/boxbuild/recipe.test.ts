import { deepEqual, equal } from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { readChain } from '../../src/boxbuild/chain.ts';
import { compositionOf } from '../../src/boxbuild/composition.ts';
import { findBases } from '../../src/boxbuild/layout.ts';
import { placeOfPackage, placesOfCommand } from '../../src/boxbuild/places.ts';
import { readRecipe } from '../../src/boxbuild/recipe.ts';
import { sizeBytes } from '../../src/boxbuild/size.ts';
import { filesOf, RELEASE, ROOT, type Texts } from './project.ts';

const MIB = 1024 ** 2;
const recipeOf = (texts: Texts, file: string) => readRecipe(path.join(ROOT, file), texts[file] ?? '', filesOf(texts));

suite('what a BOXBUILD makes', () => {
  test('is an image for each board, in boxes and in examples', async () => {
    const boards = ['board-a', 'board-b'];
    deepEqual(await recipeOf(RELEASE, 'boxes/app-box/BOXBUILD'), { name: 'app-box', boards });
    deepEqual(await recipeOf(RELEASE, 'examples/blink/BOXBUILD'), { name: 'example-blink', boards });
  });

  test('is none for a board', async () => {
    equal(await recipeOf(RELEASE, 'boards/board-a/BOXBUILD'), undefined);
  });

  const base = 'extend "$BOXES_BASE/base-box/BOXBUILD"\n';
  const names: readonly [what: string, boxbuild: string, name: string | undefined][] = [
    ['the last that is set', `${base}name=one\nname="two"\n`, 'two'],
    ['an inherited one', base, 'base-box'],
    ['that of mkbox where none is set', 'arch=aarch64\n', 'box-linux'],
    ['that of mkbox where it is empty', `${base}name=""\n`, 'box-linux'],
    ['not known where bash computes it', `${base}name="box-$(date +%F)"\n`, undefined],
    ['not known where it depends', `${base}[ -n "$X" ] && name=two\n`, undefined],
    ['its own, whatever else bash computes before', `source ./common.sh\nname=mine\n`, 'mine'],
    ['not known where it may come from elsewhere', `source ./common.sh\n`, undefined],
  ];
  for (const [what, boxbuild, name] of names) {
    test(`has a name: ${what}`, async () => {
      const texts = { ...RELEASE, 'boxes/x/BOXBUILD': boxbuild };
      equal((await recipeOf(texts, 'boxes/x/BOXBUILD'))?.name, name);
    });
  }
});

suite('what a box consists of', () => {
  const compose = async (file: string, board: string, texts: Texts = RELEASE) => {
    const files = filesOf(texts);
    const boxbuild = path.join(ROOT, file);
    const bases = await findBases(boxbuild, files);
    return compositionOf(await readChain(boxbuild, texts[file] ?? '', board, bases, files), bases);
  };

  test('is its chain, from the board to itself, with packages and sizes', async () => {
    const { steps, rootBytes, isKnown } = await compose('boxes/app-box/BOXBUILD', 'board-b');
    deepEqual(
      steps.map(({ folder, board, packages, initramfsPackages, rootBytes, bootBytes }) => [
        folder,
        board,
        packages.join(' '),
        initramfsPackages.length,
        rootBytes,
        bootBytes,
      ]),
      [
        ['board-b', 'board-b', '', 0, 160 * MIB, 128 * MIB],
        ['base-box', undefined, 'alpine-baselayout bash openrc', 6, 32 * MIB, undefined],
        ['app-box', undefined, 'openssh docker ca-certificates', 0, 250 * MIB, undefined],
      ],
    );
    deepEqual([rootBytes, isKnown], [442 * MIB, true]);
  });

  test('says where something can only be told by bash', async () => {
    const boxbuild = 'extend "$BOXES_BASE/base-box/BOXBUILD"\ninc_root_size "$(size)"\napks+=("$EXTRA" vim)\n';
    const { steps, rootBytes } = await compose('boxes/x/BOXBUILD', 'board-a', {
      ...RELEASE,
      'boxes/x/BOXBUILD': boxbuild,
    });
    deepEqual([steps.at(-1)?.packages, steps.at(-1)?.rootBytes, rootBytes], [['vim'], undefined, undefined]);
  });
});

test('sizes are read as numfmt reads them', () => {
  deepEqual(['0', '512', '1K', '90M', '1.5G', '20MB'].map(sizeBytes), [0, 512, 1024, 90 * MIB, 1536 * MIB, undefined]);
});

test('a package is found where the chain names it last', async () => {
  const files = filesOf(RELEASE);
  const boxbuild = path.join(ROOT, 'boxes/lab-box/BOXBUILD');
  const text = RELEASE['boxes/lab-box/BOXBUILD'] ?? '';
  const chain = await readChain(boxbuild, text, 'board-a', await findBases(boxbuild, files), files);
  const named = (name: string) => {
    const place = placeOfPackage(chain, name);
    const file = place && path.relative(ROOT, place.boxbuild);
    return file && [file, RELEASE[file]?.slice(place.start, place.end)];
  };
  deepEqual(named('bind-tools'), ['boxes/lab-box/BOXBUILD', 'bind-tools']);
  deepEqual(named('docker'), ['boxes/app-box/BOXBUILD', 'docker']);
  equal(named('no-such-thing'), undefined);
});

test('a command is found in all functions of the chain that call it', async () => {
  const files = filesOf(RELEASE);
  const boxbuild = path.join(ROOT, 'boxes/lab-box/BOXBUILD');
  const text = RELEASE['boxes/lab-box/BOXBUILD'] ?? '';
  const chain = await readChain(boxbuild, text, 'board-a', await findBases(boxbuild, files), files);
  const called = (name: string) =>
    placesOfCommand(chain, name).map((place) => {
      const file = path.relative(ROOT, place.boxbuild);
      return [file, RELEASE[file]?.slice(place.start, place.end)];
    });
  deepEqual(called('dd'), [['boards/board-a/BOXBUILD', 'dd']]);
  deepEqual(called('envsubst'), [['boxes/lab-box/BOXBUILD', 'envsubst']]);
  deepEqual([called('extend'), called('no_such_command')], [[], []]);
});
