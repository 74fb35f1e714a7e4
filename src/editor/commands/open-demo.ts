import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { copyDemo, demoParent } from '../workspace/demo-copy.ts';
import type { Command } from './command.ts';
import { completeStep } from './steps.ts';

/** Copies the demo into a folder that the user picks, and opens it: in a window of its own if this one has a folder. */
export const openDemo: Command = {
  id: 'mkbox.openDemo',
  async run({ extensionFolder }) {
    const { l10n, window, commands, workspace, Uri } = vscode;
    const [parent] =
      (await window.showOpenDialog({
        title: l10n.t('Pick a Folder to Copy the Demo Into'),
        openLabel: l10n.t('Copy and Open'),
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: Uri.file(homedir()),
      })) ?? [];
    if (parent === undefined) return;
    const demo = await copyDemo(path.join(extensionFolder, 'demo'), demoParent(parent, l10n), l10n);
    await completeStep('hasCopiedDemo');
    const forceNewWindow = workspace.workspaceFolders !== undefined;
    await commands.executeCommand('vscode.openFolder', Uri.file(demo), { forceNewWindow });
  },
};
