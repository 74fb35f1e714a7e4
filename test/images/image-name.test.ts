import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { candidateImages, imageOfSetFile, isPublishableName } from '../../src/images/image-name.ts';

suite('the images that answer a board', () => {
  const asked = { name: 'docker-box', board: 'odroid-c4' };

  test('with a branch there is one, without a default', () => {
    deepEqual(candidateImages({ ...asked, branch: 'feature-x' }), ['docker-box-odroid-c4-feature-x']);
  });

  test('with a branch and a version there is one, the version last', () => {
    deepEqual(candidateImages({ ...asked, branch: 'feature-x', version: '1.2.0' }), [
      'docker-box-odroid-c4-feature-x-1.2.0',
    ]);
  });

  test('without a branch they are those of master, of main and of none, in this order', () => {
    deepEqual(candidateImages(asked), [
      'docker-box-odroid-c4-master',
      'docker-box-odroid-c4-main',
      'docker-box-odroid-c4',
    ]);
  });

  test('a version without a branch stands behind each of them', () => {
    deepEqual(candidateImages({ ...asked, version: '2-rc1' }), [
      'docker-box-odroid-c4-master-2-rc1',
      'docker-box-odroid-c4-main-2-rc1',
      'docker-box-odroid-c4-2-rc1',
    ]);
  });
});

suite('the image a file belongs to', () => {
  for (const suffix of ['.img.buildID', '.img.zst', '.img.sha256']) {
    test(`is told by ${suffix}`, () => equal(imageOfSetFile(`a-box-pi${suffix}`), 'a-box-pi'));
  }

  for (const file of [
    'a-box-pi.img',
    'a-box-pi.zst',
    '.img.zst',
    'a-box-pi.img.zst.part',
    'a-box-pi.IMG.ZST',
    'BOXBUILD',
  ]) {
    test(`is none for ${file}`, () => equal(imageOfSetFile(file), undefined));
  }
});

suite('a name is published', () => {
  for (const name of ['docker-box', 'box with spaces', 'größe', 'a.b', '1', 'a%2fb', "it's", '[x]', '📦']) {
    test(`when it is ${name}`, () => equal(isPublishableName(name), true));
  }

  const kept: readonly [what: string, name: string][] = [
    ['is empty', ''],
    ['begins with a dot', '.hidden'],
    ['is the parent folder', '..'],
    ['holds a slash', 'a/b'],
    ['holds a backslash', 'a\\b'],
    ['holds a line feed', 'a\nb'],
    ['holds a zero', 'a\0b'],
    ['holds an escape', 'a\u001bb'],
    ['holds a delete', 'a\u007fb'],
    ['holds a C1 control', 'a\u0085b'],
    ['holds a line separator', 'a\u2028b'],
    ['holds bytes that are not UTF-8', Buffer.from([0x61, 0xff]).toString()],
  ];
  for (const [what, name] of kept) test(`not when it ${what}`, () => equal(isPublishableName(name), false));
});
