import path from 'node:path';
import * as vscode from 'vscode';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import type { ConsentStore } from '../consent.ts';
import { Owner } from '../dispose.ts';
import type { ImagesNode } from '../image-rows.ts';
import type { Project } from '../project.ts';
import type { RequestLog } from '../request-log.ts';
import type { Serving } from '../serving.ts';
import { CopyCommands, copy } from './copy.ts';
import type { Packing } from './pack-image.ts';
import { serveToNetwork } from './serve-to-network.ts';
import { showActions } from './show-actions.ts';

/** What the commands act on. */
export interface CommandParts {
  readonly serving: Serving;
  readonly project: Project;
  readonly requests: RequestLog;
  readonly checks: ImageChecks;
  readonly consent: ConsentStore;
  readonly log: vscode.LogOutputChannel;
}

/** Registers the commands of the manifest. Those of the tree get the row they were called on. */
export class Commands extends Owner {
  readonly #parts: CommandParts;
  #packing: Packing | undefined;

  constructor(parts: CommandParts) {
    super();
    this.#parts = parts;
    const { serving, project, requests, checks, consent, log } = parts;
    const copies = new CopyCommands(project, serving, checks);
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
    register('verify', () => this.#verify(project.snapshot.images));
    register('verifyRow', (node) => this.#verify(imagesOf(node, project)));
    register('pack', async (node) => {
      await (await this.#loadPacking()).pack(packableOf(node));
    });
    register('reveal', (node) => {
      const image = packableOf(node);
      return image && revealFile(image);
    });
    register('openBoxbuild', (node) => {
      if (node?.kind !== 'box') return undefined;
      return vscode.window.showTextDocument(vscode.Uri.file(path.join(node.box.path, 'BOXBUILD')));
    });
    register('clearRequests', () => requests.clear());
    register('exportRequests', async () => {
      const { exportRequests } = await import('./export-requests.ts');
      await exportRequests(requests);
    });
  }

  async #verify(images: readonly CatalogImage[]): Promise<void> {
    const { verifyImages } = await import('./verify-images.ts');
    await verifyImages(images, this.#parts.checks, this.#parts.log);
  }

  /** There is one, so that no image is packed twice at a time. */
  async #loadPacking(): Promise<Packing> {
    const { Packing } = await import('./pack-image.ts');
    this.#packing ??= new Packing(this.#parts.project, this.#parts.log);
    return this.#packing;
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
  return node?.kind === 'image' ? node.image : undefined;
}

/** The image of a row, packed or not. */
function packableOf(node: ImagesNode | undefined): CatalogImage | UnpackedImage | undefined {
  return node?.kind === 'image' || node?.kind === 'unpacked' ? node.image : undefined;
}

/** The image of a row, or the images of a box's row. */
function imagesOf(node: ImagesNode | undefined, { snapshot }: Project): readonly CatalogImage[] {
  if (node?.kind === 'box') return snapshot.images.filter((image) => image.folder === node.box.path);
  const image = imageOf(node);
  return image === undefined ? [] : [image];
}

async function revealFile(image: CatalogImage | UnpackedImage): Promise<void> {
  const file = vscode.Uri.file(path.join(image.folder, image.image + revealedSuffix(image)));
  await vscode.commands.executeCommand('revealInExplorer', file);
}

function revealedSuffix(image: CatalogImage | UnpackedImage): string {
  if (!('state' in image)) return '.img';
  return image.state.kind === 'ready' ? '.img.zst' : '.img.buildID';
}
