import { deepEqual, equal } from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { boxesWithRecipe, findProject, imageFoldersOf } from '../../../src/editor/workspace/project-folders.ts';
import { asNobody } from '../../as-nobody.ts';
import { makeBoxes } from '../../images/image-sets.ts';

/** A workspace folder with `folders`, and the files among them that end with no slash. */
async function workspace(...entries: string[]) {
  const folder = await makeBoxes();
  for (const entry of entries) {
    if (entry.endsWith('/')) await mkdir(folder.at(entry), { recursive: true });
    else await writeFile(folder.at(entry), '');
  }
  return folder;
}

/** A folder that can't be read, where there is none. */
function unexpected(folder: string, code: string): never {
  throw new Error(`${folder}: ${code}`);
}

suite('the image folder of a workspace', () => {
  test('is boxes in a release, with the boards beside it', async () => {
    await using root = await workspace('boxes/', 'boards/pi/', 'boards/odroid-c4/', 'boards/.git/', 'boards/README');
    deepEqual(await findProject(root.root, '', unexpected), { images: root.at('boxes'), boards: ['odroid-c4', 'pi'] });
  });

  test('is src/boxes in a clone', async () => {
    await using root = await workspace('src/boxes/', 'src/boards/pi/', 'boards/other/');
    deepEqual(await findProject(root.root, '', unexpected), { images: root.at('src', 'boxes'), boards: ['pi'] });
  });

  test('has examples beside it, where there are boxes in them', async () => {
    await using root = await workspace(
      'src/boxes/',
      'src/examples/',
      'src/examples/blink/',
      'src/examples/blink/BOXBUILD',
    );
    const found = await findProject(root.root, '', unexpected);
    deepEqual(found, { images: root.at('src', 'boxes'), examples: root.at('src', 'examples'), boards: [] });
    deepEqual(found && imageFoldersOf(found), [root.at('src', 'boxes'), root.at('src', 'examples')]);
    equal((await findProject(root.root, 'src/boxes', unexpected))?.examples, undefined);
  });

  test('has no examples where there is no box in them', async () => {
    await using root = await workspace('boxes/', 'examples/', 'examples/notes/', 'examples/notes/README');
    deepEqual(await findProject(root.root, '', unexpected), { images: root.at('boxes'), boards: [] });
  });

  test('is boxes where there are both', async () => {
    await using root = await workspace('boxes/', 'src/boxes/');
    equal((await findProject(root.root, '', unexpected))?.images, root.at('boxes'));
  });

  for (const file of ['box/BOXBUILD', 'box/box-pi.img.zst']) {
    test(`is the workspace itself when one of its folders is a box by its ${file}`, async () => {
      await using root = await workspace('box/', file);
      equal((await findProject(root.root, '', unexpected))?.images, root.root);
    });
  }

  test('is the one that is set, before all others', async () => {
    await using root = await workspace('boxes/', 'out/images/', 'out/boards/pi/');
    deepEqual(await findProject(root.root, 'out/images', unexpected), {
      images: root.at('out', 'images'),
      boards: ['pi'],
    });
    equal((await findProject(root.root, root.at('out', 'images'), unexpected))?.images, root.at('out', 'images'));
  });

  for (const [set, folder] of [
    ['~/out', 'home/out'],
    ['~', 'home'],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of the setting
    ['${userHome}/out', 'home/out'],
    ['${workspaceFolder}/out', 'out'],
    ['${workspaceFolder}', ''],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: up to here
    ['./~/out', '~/out'],
    ['~out', '~out'],
  ] as const) {
    test(`is ${folder === '' ? 'the workspace' : folder} where ${set} is set`, async (t) => {
      await using root = await workspace('home/', 'home/out/', 'out/', '~/', '~/out/', '~out/');
      const { HOME = '' } = process.env;
      t.after(() => Object.assign(process.env, { HOME }));
      process.env.HOME = root.at('home');
      equal((await findProject(root.root, set, unexpected))?.images, root.at(...folder.split('/')));
    });
  }

  test('is looked for past a folder that cannot be read, which is told', async () => {
    await using root = await workspace('a/', 'box/', 'box/BOXBUILD');
    for (const folder of [root.beside(), root.root]) await chmod(folder, 0o755);
    await chmod(root.at('a'), 0);
    const told: string[] = [];
    const found = await asNobody(() => findProject(root.root, '', (folder, code) => told.push(`${folder} ${code}`)));
    await chmod(root.at('a'), 0o755);
    deepEqual([found?.images, told], [root.root, [`${root.at('a')} EACCES`]]);
  });

  const none: readonly [what: string, entries: string[], imagePath: string][] = [
    ['is empty', [], ''],
    ['is something else', ['src/', 'src/index.ts', 'README'], ''],
    ['has files named like the folders', ['boxes', 'src/', 'src/boxes'], ''],
    ['has recipes in hidden folders only', ['.box/', '.box/BOXBUILD'], ''],
    ['has none where it is set', ['boxes/'], 'images'],
    ['has a file where it is set', ['boxes/', 'images'], 'images'],
  ];
  for (const [what, entries, imagePath] of none) {
    test(`is not found when it ${what}`, async () => {
      await using root = await workspace(...entries);
      equal(await findProject(root.root, imagePath, unexpected), undefined);
    });
  }

  test('has no boards where none are beside it', async () => {
    await using root = await workspace('boxes/');
    deepEqual((await findProject(root.root, '', unexpected))?.boards, []);
  });
});

test('boxes with a recipe are those that have a BOXBUILD', async () => {
  await using root = await workspace('one/', 'one/BOXBUILD', 'two/', 'two/boxbuild.txt');
  const paths = ['one', 'two', 'none'].map((box) => ({ path: root.at(box) }));
  deepEqual([...(await boxesWithRecipe(paths))], [root.at('one')]);
});
