import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { type ImageSet, openImageSet } from '../../src/images/image-set.ts';
import { faultText } from '../../src/images/set-fault-text.ts';
import { BUILD_B, makeBoxes, type WrittenSet, writeSet } from './image-sets.ts';

async function openWhole({ location }: WrittenSet): Promise<ImageSet & AsyncDisposable> {
  const set = await openImageSet(location);
  if ('problem' in set) throw new Error(faultText(set));
  return Object.assign(set, { [Symbol.asyncDispose]: () => set.close() });
}

suite('a complete set', () => {
  test('is opened with its build, its checksums and its image', async () => {
    await using boxes = await makeBoxes();
    const written = await writeSet(boxes.root, 'box', 'box-pi', { buildId: BUILD_B });
    await using set = await openWhole(written);
    equal(set.image, 'box-pi');
    equal(set.buildId, BUILD_B);
    deepEqual(set.checksums, written.checksums);
    deepEqual(await set.zst.readAll(1000), written.zst);
  });

  test('has its checksums to the byte, with their time', async () => {
    await using boxes = await makeBoxes();
    const written = await writeSet(boxes.root, 'box', 'box-pi');
    const text = `# by hand\n${written.checksums.zst} *box-pi.img.zst`;
    await writeFile(written.file('.img.sha256'), text);
    await utimes(written.file('.img.sha256'), 1_600_000_000, 1_600_000_000);
    await using set = await openWhole(written);
    equal(set.checksumsFile.content.toString(), text);
    equal(set.checksumsFile.mtimeSeconds, 1_600_000_000);
  });

  test('needs no raw image, and looks at none', async () => {
    await using boxes = await makeBoxes();
    const written = await writeSet(boxes.root, 'box', 'box-pi');
    await mkdir(written.file('.img'));
    await using set = await openWhole(written);
    equal(set.buildId, written.buildId);
  });
});

type Spoil = (file: string, set: WrittenSet) => Promise<unknown>;

const ANY_FILE: readonly [what: string, spoil: Spoil, clause: string][] = [
  ['is not there', (file) => rm(file), 'is missing'],
  ['is empty', (file) => writeFile(file, ''), 'is empty'],
  [
    'is a link',
    async (file) => {
      await rm(file);
      await symlink('/etc/hostname', file);
    },
    'is a symbolic link; put the file itself there',
  ],
  [
    'is a folder',
    async (file) => {
      await rm(file);
      await mkdir(file);
    },
    'is not a regular file',
  ],
];

const CONTENTS: readonly [what: string, suffix: string, spoil: Spoil, clause: string][] = [
  [
    'the checksums have no line for the compressed image',
    '.img.sha256',
    (file, { checksums }) => writeFile(file, `${checksums.raw}  box-pi.img\n`),
    "has no line for box-pi.img.zst: run sha256sum on both files, in the image's folder",
  ],
  [
    'the checksums have lines that end as on Windows',
    '.img.sha256',
    (file, { checksums }) => writeFile(file, `${checksums.zst}  box-pi.img.zst\r\n`),
    ', line 1: Windows line end, which boards take as part of the file name: save it with Unix line ends',
  ],
  [
    'the checksums are far too long',
    '.img.sha256',
    (file, { checksums }) => writeFile(file, `${checksums.zst}  box-pi.img.zst\n`.repeat(1000)),
    'is far larger than such a file can be',
  ],
  [
    'the build ID is a word',
    '.img.buildID',
    (file) => writeFile(file, 'unknown  box-pi.img\n'),
    'does not begin with 64 hexadecimal digits',
  ],
  [
    'the build ID stands in a file far too long',
    '.img.buildID',
    (file) => writeFile(file, `${BUILD_B}  ${'x'.repeat(5000)}`),
    'is far larger than such a file can be',
  ],
];

suite('a set cannot be handed out, and is told by its file and what is wrong with it,', () => {
  for (const suffix of ['.img.zst', '.img.sha256', '.img.buildID']) {
    for (const [what, spoil, clause] of ANY_FILE) {
      test(`when the ${suffix} ${what}`, () => tells(suffix, spoil, clause));
    }
  }
  for (const [what, suffix, spoil, clause] of CONTENTS) test(`when ${what}`, () => tells(suffix, spoil, clause));

  test('when its folder leads out of the image folder', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.beside(), 'elsewhere', 'box-pi');
    await symlink('../elsewhere', boxes.at('box'));
    const fault = await openImageSet({ root: boxes.root, folder: boxes.at('box'), image: 'box-pi' });
    deepEqual(fault, { file: 'box-pi.img.zst', problem: 'outside' });
  });
});

async function tells(suffix: string, spoil: Spoil, clause: string): Promise<void> {
  await using boxes = await makeBoxes();
  const written = await writeSet(boxes.root, 'box', 'box-pi');
  await spoil(written.file(suffix), written);
  const fault = await openImageSet(written.location);
  equal(
    'problem' in fault ? faultText(fault) : 'opened',
    `box-pi${suffix}${clause.startsWith(',') ? '' : ' '}${clause}`,
  );
}
