import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import type { WorkspaceFolder } from 'vscode';
import { boardFile } from '../../../src/editor/serving/board-file.ts';
import { Catalog } from '../../../src/images/catalog.ts';
import { until } from '../../until.ts';
import { errors, workspace, write } from '../window.ts';

const { openBoards } = await import('../../../src/editor/serving/open-boards.ts');
const { openSettings } = await import('../../../src/editor/workspace/settings.ts');

suite('what the user does to boards', () => {
  test('is told of once where it can not be saved, each time, and logged with the file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-acts-'));
    const uri = 'file:///project';
    workspace.workspaceFolders = [{ uri: { toString: () => uri } } as WorkspaceFolder];
    write('mkbox.rollOut.stages', []);
    const settings = openSettings();
    const warned: string[] = [];
    const logged: string[] = [];
    const { registry, audit, acts } = await openBoards({
      folder,
      settings,
      stopsLoops: () => true,
      snapshot: () => new Catalog([]).snapshot,
      keptBuild: () => undefined,
      onMessage: (text) => warned.push(text),
      onFailure: (error) => logged.push(String(error)),
      subscriptions: [settings],
    });
    await mkdir(path.join(boardFile(folder, [uri]) ?? '', 'in the way'), { recursive: true });
    acts.servesBuild('box/image', 'a'.repeat(64));
    await until(() => errors.length > 0);
    match(errors[0] ?? '', /^mkbox: your last change to boards is not saved \(EISDIR\)\./);
    deepEqual(warned, []);
    equal(logged.length, 1);
    match(logged[0] ?? '', /\.json \(EISDIR\)$/);
    acts.servesBuild('box/image', 'b'.repeat(64));
    await until(() => errors.length > 1);
    await Promise.all([registry.close(), audit.close()]);
    settings.dispose();
    await rm(folder, { recursive: true });
  });
});
