import path from 'node:path';
import * as vscode from 'vscode';
import type { CatalogImage } from '../../images/catalog.ts';
import type { ConsentStore } from '../consent.ts';
import { Owner } from '../dispose.ts';
import type { ImagesNode } from '../images-view.ts';
import type { Project } from '../project.ts';
import type { RequestLog } from '../request-log.ts';
import type { Serving } from '../serving.ts';
import type { Verdicts } from '../verdicts.ts';
import { CopyCommands, copy } from './copy.ts';
import { exportRequests } from './export-requests.ts';
import { serveToNetwork } from './serve-to-network.ts';
import { showActions } from './show-actions.ts';
import { verifyImages } from './verify-images.ts';

/** What the commands act on. */
export interface CommandParts {
  readonly serving: Serving;
  readonly project: Project;
  readonly requests: RequestLog;
  readonly verdicts: Verdicts;
  readonly consent: ConsentStore;
  readonly log: vscode.LogOutputChannel;
}

/** Registers the commands of the manifest. Those of the tree get the row they were called on. */
export class Commands extends Owner {
  constructor({ serving, project, requests, verdicts, consent, log }: CommandParts) {
    super();
    const copies = new CopyCommands(project, serving);
    const register = (name: string, run: (node?: ImagesNode) => unknown) =>
      this.own(vscode.commands.registerCommand(`mkbox.${name}`, run));
    const whenTrusted = (name: string, run: (node?: ImagesNode) => Promise<void>) =>
      register(name, async (node) => ((await isTrusted()) ? run(node) : undefined));

    whenTrusted('serve', () => serving.serve({ kind: 'all' }));
    whenTrusted('serveToNetwork', () => serveToNetwork(serving, consent));
    whenTrusted('serveOneUpdate', () => serving.serve({ kind: 'once' }));
    whenTrusted('serveImageOnce', async (node) => {
      const image = imageOf(node);
      if (image !== undefined) await serving.serve({ kind: 'once', only: image.id });
    });
    register('stop', () => serving.stop());
    whenTrusted('restart', () => serving.restart());
    register('showActions', () => showActions(serving, requests));
    register('copyUpdateUrl', (node) => copies.updateUrl(imageOf(node)));
    register('copyCurl', (node) => copies.curl(imageOf(node)));
    register('copyUpdateTxt', (node) => copies.updateTxt(imageOf(node)));
    register('copyDnsTxt', (node) => copies.dnsTxt(imageOf(node)));
    register('copyDetail', (node) => (node?.kind === 'detail' ? copy(node.detail.value) : undefined));
    register('showLog', () => {
      requests.markSeen();
      log.show();
    });
    register('refresh', () => project.refresh(true));
    // A view's title gives its commands the row that has the focus; this one is for all of them.
    register('verify', () => verifyImages(project.snapshot.images, verdicts, log));
    register('verifyRow', (node) => verifyImages(imagesOf(node, project), verdicts, log));
    register('reveal', (node) => {
      const image = imageOf(node);
      return image && revealFile(image);
    });
    register('openBoxbuild', (node) => {
      if (node?.kind !== 'box') return undefined;
      return vscode.window.showTextDocument(vscode.Uri.file(path.join(node.box.path, 'BOXBUILD')));
    });
    register('clearRequests', () => requests.clear());
    register('exportRequests', () => exportRequests(requests));
  }
}

async function isTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const message = vscode.l10n.t('mkbox: images are served only from workspaces you trust.');
  const answer = await vscode.window.showInformationMessage(message, manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}

function imageOf(node: ImagesNode | undefined): CatalogImage | undefined {
  return node === undefined || node.kind === 'box' ? undefined : node.image;
}

/** The image of a row, or the images of a box's row. */
function imagesOf(node: ImagesNode | undefined, { snapshot }: Project): readonly CatalogImage[] {
  switch (node?.kind) {
    case 'box':
      return snapshot.images.filter((image) => image.folder === node.box.path);
    case 'image':
    case 'detail':
      return [node.image];
    default:
      return [];
  }
}

async function revealFile(image: CatalogImage): Promise<void> {
  const suffix = image.state.kind === 'ready' ? '.img.zst' : '.img.buildID';
  const file = vscode.Uri.file(path.join(image.folder, image.image + suffix));
  await vscode.commands.executeCommand('revealInExplorer', file);
}
