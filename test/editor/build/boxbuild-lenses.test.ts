import { deepEqual } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import type { CancellationToken, TextDocument, WorkspaceFolder } from 'vscode';
import { type BoxesFolder, makeBoxes } from '../../images/image-sets.ts';
import { workspace } from '../window.ts';

const { LENSES } = await import('../../../src/editor/build/boxbuild-lenses.ts');

const TEXT = 'name=new-box\n';

/** The commands of the lenses over a BOXBUILD, in a window with that folder open, or with none. */
async function lensesOf(boxbuild: string, open: string | undefined): Promise<readonly (string | undefined)[]> {
  await mkdir(path.dirname(boxbuild), { recursive: true });
  await writeFile(boxbuild, TEXT);
  workspace.workspaceFolders = open === undefined ? undefined : [{ uri: { fsPath: open } } as WorkspaceFolder];
  const document = { uri: { fsPath: boxbuild }, getText: () => TEXT, positionAt: (at: number) => at };
  const lenses = await LENSES.provideCodeLenses(document as unknown as TextDocument, {} as CancellationToken);
  workspace.workspaceFolders = undefined;
  return (lenses ?? []).map(({ command }) => command?.command);
}

/** A project with a board, its boxes in `root`. */
async function project(): Promise<BoxesFolder> {
  const folder = await makeBoxes();
  await mkdir(folder.beside('boards/pi'), { recursive: true });
  await writeFile(folder.beside('boards/pi/BOXBUILD'), '');
  return folder;
}

suite('over a BOXBUILD', () => {
  test('its image can be built where its project is open, or another folder is', async () => {
    await using folder = await project();
    await using other = await makeBoxes();
    deepEqual(await lensesOf(folder.at('new-box/BOXBUILD'), folder.beside()), ['mkbox.buildImage']);
    deepEqual(await lensesOf(folder.at('new-box/BOXBUILD'), other.root), ['mkbox.buildImage']);
  });

  test('nothing is offered where no folder is open: nothing can be built there', async () => {
    await using folder = await project();
    deepEqual(await lensesOf(folder.at('new-box/BOXBUILD'), undefined), []);
  });

  test('nothing is offered where it is in no project: there is no board to build for', async () => {
    await using folder = await makeBoxes();
    deepEqual(await lensesOf(folder.at('new-box/BOXBUILD'), folder.root), []);
  });

  test('nothing is offered where it is that of a board', async () => {
    await using folder = await project();
    deepEqual(await lensesOf(folder.beside('boards/pi/BOXBUILD'), folder.beside()), []);
  });
});
