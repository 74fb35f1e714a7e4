import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { billOfMaterials, packageUrl } from '../../src/contents/bill-of-materials.ts';
import type { Inventory } from '../../src/contents/inventory.ts';
import { isSpdxExpression } from '../../src/contents/spdx-expression.ts';
import { billFaults } from '../fixtures/cyclonedx/bill-schema.ts';

const INVENTORY: Inventory = {
  image: 'my-box-pi',
  buildId: '1a'.repeat(32),
  files: [],
  initramfs: [],
  packages: [
    {
      name: 'busybox',
      version: '1.37.0-r18',
      arch: 'aarch64',
      bytes: 7,
      license: 'GPL-2.0-only',
      description: 'Tools',
    },
    { name: 'odd', version: '1-r0', bytes: 0, license: 'custom', origin: 'odd-source' },
    { name: 'bare', version: '', bytes: 0 },
    { name: 'bare', version: '', bytes: 0 },
  ],
  boardConf: ['imgname=my-box', 'board=pi', `buildID=${'1a'.repeat(32)}`, 'box_version=2.1'],
};
const FACTS = { sha256: 'ab'.repeat(32), toolVersion: '1.0.0' };

suite('a bill of materials', () => {
  test('is valid CycloneDX 1.6', async () => {
    deepEqual(await billFaults(billOfMaterials(INVENTORY, FACTS)), []);
    deepEqual(await billFaults(billOfMaterials({ ...INVENTORY, packages: [], boardConf: [] }, FACTS)), []);
    notEqual((await billFaults({ ...billOfMaterials(INVENTORY, FACTS), serialNumber: 'x' })).length, 0);
  });

  test('has the packages with their licences, each once', () => {
    const { components } = billOfMaterials(INVENTORY, FACTS) as { components: Record<string, unknown>[] };
    deepEqual(
      components.map(({ purl, licenses }) => [purl, licenses]),
      [
        ['pkg:apk/alpine/busybox@1.37.0-r18?arch=aarch64', [{ expression: 'GPL-2.0-only' }]],
        ['pkg:apk/alpine/odd@1-r0', [{ license: { name: 'custom' } }]],
        ['pkg:apk/alpine/bare', undefined],
      ],
    );
  });

  test('is the same for the same build, with a number of its own for another', () => {
    const bill = billOfMaterials(INVENTORY, FACTS);
    deepEqual(billOfMaterials({ ...INVENTORY }, FACTS), bill);
    const other = { ...INVENTORY, boardConf: [`buildID=${'2b'.repeat(32)}`] };
    const numberOf = (made: object) => 'serialNumber' in made && made.serialNumber;
    notEqual(numberOf(billOfMaterials(other, FACTS)), numberOf(bill));
  });

  for (const [name, version, url] of [
    ['g++', '13.2.1_git20231014-r0', 'pkg:apk/alpine/g%2B%2B@13.2.1_git20231014-r0'],
    ['Upper', '1~2:3', 'pkg:apk/alpine/upper@1~2:3'],
    ['a/b?c#d@e', "(1)'*!", 'pkg:apk/alpine/a%2Fb%3Fc%23d%40e@%281%29%27%2A%21'],
    ['\ud800', 'ä', 'pkg:apk/alpine/%EF%BF%BD@%C3%A4'],
  ] as const) {
    test(`names ${JSON.stringify(name)} ${version} by a package URL`, () =>
      equal(packageUrl({ name, version, bytes: 0 }), url));
  }
});

suite('a licence', () => {
  const valid = [
    'MIT',
    'GPL-2.0-or-later AND LGPL-2.1-or-later',
    '(MIT OR Apache-2.0) AND (BSD-3-Clause)',
    'GPL-2.0-only WITH Linux-syscall-note',
    'GPL-2.0+',
    'LicenseRef-ours',
  ];
  const invalid = [
    '',
    'custom',
    'MIT BSD-3-Clause',
    'MIT AND',
    'AND',
    '(MIT',
    'MIT)',
    'MIT WITH',
    'MIT WITH custom',
    'MIT and ISC',
  ];
  test('is an SPDX expression', () =>
    deepEqual(
      valid.filter((text) => !isSpdxExpression(text)),
      [],
    ));
  test('is none', () => deepEqual([...invalid, '('.repeat(100_000)].filter(isSpdxExpression), []));
});
