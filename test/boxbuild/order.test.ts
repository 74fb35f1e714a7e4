import { deepEqual, equal } from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { asNamePart, builtImage, isNamePart } from '../../src/boxbuild/built-image.ts';
import { type BuildWish, buildOrder, type OrderSettings } from '../../src/boxbuild/order.ts';

const PROJECT = path.resolve('/lab');
const BOX = path.join(PROJECT, 'boxes/docker-box');
const WISH: BuildWish = { boxbuild: path.join(BOX, 'BOXBUILD'), board: 'odroid-c4' };
const FULL: BuildWish = { ...WISH, branch: 'main', version: '1.2' };
const MKBOX = path.join(PROJECT, 'mkbox/mkbox');
const BASES = { boxes: path.join(PROJECT, 'boxes'), boards: path.join(PROJECT, 'boards') };
const DEFAULT: OrderSettings = { mkbox: MKBOX, bases: BASES, buildCommand: [] };

suite('the order that builds an image', () => {
  const orders: readonly [what: string, BuildWish, Partial<OrderSettings>, isRoot: boolean, line: string[]][] = [
    [
      'is given to sudo',
      WISH,
      {},
      false,
      ['sudo', '-E', 'env', 'BOARD=odroid-c4', 'SKIP_FLASHING=1', MKBOX, WISH.boxbuild],
    ],
    [
      'names branch and version',
      FULL,
      {},
      false,
      [
        'sudo',
        '-E',
        'env',
        'BOARD=odroid-c4',
        'BOX_BRANCH=main',
        'BOX_VERSION=1.2',
        'SKIP_FLASHING=1',
        MKBOX,
        WISH.boxbuild,
      ],
    ],
    [
      'leaves out what is empty',
      { ...WISH, branch: '', version: '' },
      {},
      false,
      ['sudo', '-E', 'env', 'BOARD=odroid-c4', 'SKIP_FLASHING=1', MKBOX, WISH.boxbuild],
    ],
    ['needs no sudo as root', WISH, {}, true, ['env', 'BOARD=odroid-c4', 'SKIP_FLASHING=1', MKBOX, WISH.boxbuild]],
    [
      'runs an installed mkbox as its sudoers file allows, and tells it where the project lies',
      WISH,
      { mkbox: '/opt/mkbox/mkbox' },
      false,
      [
        'sudo',
        '-E',
        'BOARD=odroid-c4',
        'SKIP_FLASHING=1',
        `BOXES_BASE=${BASES.boxes}`,
        `BOARDS_BASE=${BASES.boards}`,
        '/opt/mkbox/mkbox',
        WISH.boxbuild,
      ],
    ],
    ['is replaced as a whole', WISH, { buildCommand: ['make', 'image'] }, false, ['make', 'image']],
    [
      'is replaced with its variables',
      FULL,
      {
        buildCommand: [
          'ssh',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's own variables
          'cd ${boxFolder} && BOARD=${board} BOX_BRANCH=${branch} BOX_VERSION=${version} ${mkbox} ${boxbuild}',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's own variables
          '${projectFolder}:${boxFolderBasename}',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: not one of them
          '${HOME}',
        ],
      },
      true,
      [
        'ssh',
        `cd ${BOX} && BOARD=odroid-c4 BOX_BRANCH=main BOX_VERSION=1.2 ${MKBOX} ${BOX}${path.sep}BOXBUILD`,
        `${PROJECT}:docker-box`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: not one of them
        '${HOME}',
      ],
    ],
    [
      'fills in nothing where a variable has no value',
      WISH,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's own variables
      { buildCommand: ['build', '--branch=${branch}'] },
      false,
      ['build', '--branch='],
    ],
    [
      'takes an empty program for none',
      WISH,
      { buildCommand: [''] },
      true,
      ['env', 'BOARD=odroid-c4', 'SKIP_FLASHING=1', MKBOX, WISH.boxbuild],
    ],
  ];
  for (const [what, wish, settings, isRoot, line] of orders) {
    test(what, () => {
      const order = buildOrder(wish, { ...DEFAULT, ...settings }, isRoot);
      deepEqual([order.program, ...order.args], line);
      equal(order.cwd, BOX);
    });
  }

  test('gives a build command what mkbox reads from its environment', () => {
    deepEqual(buildOrder(FULL, { ...DEFAULT, buildCommand: ['make'] }, false).env, {
      BOARD: 'odroid-c4',
      BOX_BRANCH: 'main',
      BOX_VERSION: '1.2',
      SKIP_FLASHING: '1',
    });
    deepEqual(buildOrder(FULL, DEFAULT, false).env, {});
  });

  test('fills in each variable once: a value is never read for variables', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a board that is named so
    const wish = { ...WISH, board: '${mkbox}' };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's own variables
    deepEqual(buildOrder(wish, { ...DEFAULT, buildCommand: ['x', '${board}'] }, false).args, [wish.board]);
  });
});

suite('a branch or a version in the name of an image', () => {
  for (const text of ['main', 'feature-x', '1.2.0', 'v1+dirty', '_x', 'a_b']) {
    test(`may be ${text}`, () => equal(isNamePart(text), true));
  }
  const replaced = [
    ['feature/x', 'feature-x'],
    ['a b', 'a-b'],
    ['../../etc', 'etc'],
    ['-x', 'x'],
    ['.hidden', 'hidden'],
    ['fix/ü/', 'fix'],
    ['$(reboot)', 'reboot'],
    ['a&b=c', 'a-b-c'],
    ['/', ''],
    ['', ''],
  ] as const;
  for (const [text, usual] of replaced) {
    test(`may not be "${text}", usually it is "${usual}"`, () => {
      deepEqual([isNamePart(text), asNamePart(text)], [false, usual]);
      equal(usual === '' || isNamePart(usual), true);
    });
  }

  test('stands behind box and board', () => {
    equal(builtImage('docker-box', { board: 'odroid-c4' }), 'docker-box-odroid-c4');
    equal(builtImage('docker-box', { board: 'pi', branch: 'main', version: '1' }), 'docker-box-pi-main-1');
    equal(builtImage('docker-box', { board: 'pi', branch: '', version: '1' }), 'docker-box-pi-1');
  });
});
