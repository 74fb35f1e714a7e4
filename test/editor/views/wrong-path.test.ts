import { deepEqual, equal } from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { suite, test } from 'node:test';
import type { LogOutputChannel, WorkspaceFolder } from 'vscode';
import type { ImagesTree } from '../../../src/editor/views/images-tree.ts';
import { type BoxesFolder, makeBoxes, writeSet } from '../../images/image-sets.ts';
import { workspace, write } from '../window.ts';

const { boxRows } = await import('../../../src/editor/views/images-tree.ts');
const { Project } = await import('../../../src/editor/workspace/project.ts');
const { openSettings } = await import('../../../src/editor/workspace/settings.ts');

/** A root of the workspace, with a folder of that name that `imagePath` may name, and the image path that is set for it. */
function rootAt(folder: string, name: string, imagePath: string): WorkspaceFolder {
  const root = { name, uri: { scheme: 'file', fsPath: folder, toString: () => `file://${folder}` } } as WorkspaceFolder;
  write('mkbox.imagePath', imagePath, root);
  return root;
}

/** The rows of a workspace with these roots, what the log says, and what the view says where it has no rows. */
async function rowsOf(...roots: readonly WorkspaceFolder[]) {
  write('mkbox.imagePath', '');
  workspace.workspaceFolders = roots;
  const logged: string[] = [];
  const log = { warn: (text: string) => void logged.push(text), error: (text: string) => void logged.push(text) };
  const settings = openSettings();
  const project = new Project(settings, log as unknown as LogOutputChannel);
  await project.locate();
  await project.locate();
  const { absence } = project;
  const rows = boxRows({ project, building: {} } as ImagesTree);
  project.dispose();
  settings.dispose();
  workspace.workspaceFolders = undefined;
  return { rows: rows.map((row) => (row.kind === 'box' ? row.box.name : row)), logged, absence };
}

async function withImage(): Promise<BoxesFolder> {
  const folder = await makeBoxes();
  await writeSet(folder.root, 'box', 'box-pi');
  return folder;
}

suite('a root whose image path leads nowhere', () => {
  test('has a row among those of other roots, and is logged once', async () => {
    await using one = await withImage();
    await using other = await makeBoxes();
    const { rows, logged } = await rowsOf(rootAt(one.root, 'one', ''), rootAt(other.root, 'other', 'out'));
    deepEqual(rows, [{ kind: 'wrong path', root: 'other', folder: other.at('out') }, 'box']);
    deepEqual(logged, [`mkbox.imagePath: there is no folder ${other.at('out')}, where images of other would be`]);
  });

  test('is what the view itself tells of where no root has images', async () => {
    await using one = await makeBoxes();
    await using other = await makeBoxes();
    const { rows, absence } = await rowsOf(rootAt(one.root, 'one', ''), rootAt(other.root, 'other', 'out'));
    deepEqual([rows, absence], [[], 'wrong-path']);
  });

  test('is none where the folder is there', async () => {
    await using one = await withImage();
    await using other = await makeBoxes();
    await mkdir(other.at('out'));
    const { rows, logged } = await rowsOf(rootAt(one.root, 'one', ''), rootAt(other.root, 'other', 'out'));
    equal(rows.length, 1);
    deepEqual(logged, []);
  });
});
