import path from 'node:path';
import * as vscode from 'vscode';
import { topAssignments } from '../../boxbuild/chain.ts';
import { boardOf, findBases } from '../../boxbuild/layout.ts';
import { readScript } from '../../boxbuild/script.ts';
import { isFolderOpen } from '../workspace/trusted-folder.ts';
import { EDITOR_FILES } from './editor-files.ts';

/**
 * Offers to build the image of a box, over the line with its name, or the first line: where a folder is open, and the box is in
 * a project, which has the boards. Else building would say no more than that.
 */
export const LENSES: vscode.CodeLensProvider = {
  async provideCodeLenses(document) {
    const { fsPath } = document.uri;
    const bases = isFolderOpen() ? await findBases(fsPath, EDITOR_FILES) : undefined;
    if (bases === undefined || boardOf(fsPath, bases) !== undefined) return [];
    const name = topAssignments(readScript(document.getText())).findLast((assignment) => assignment.name === 'name');
    const folder = path.dirname(fsPath);
    const at = document.positionAt(name?.start ?? 0);
    const box = { kind: 'box', box: { name: path.basename(folder), path: folder } };
    return [
      new vscode.CodeLens(new vscode.Range(at, at), {
        title: `$(tools) ${vscode.l10n.t('Build Image…')}`,
        command: 'mkbox.buildImage',
        arguments: [box],
      }),
    ];
  },
};
