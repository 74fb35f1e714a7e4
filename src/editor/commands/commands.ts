import path from 'node:path';
import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import { Owner } from '../dispose.ts';
import type { Boards } from '../serving/boards.ts';
import type { ConsentStore } from '../serving/consent.ts';
import type { Serving } from '../serving/serving.ts';
import type { BoardsNode } from '../views/board-rows.ts';
import type { BoardsView } from '../views/boards-view.ts';
import type { ImagesNode } from '../views/image-rows.ts';
import type { RequestLog } from '../views/request-log.ts';
import type { Project } from '../workspace/project.ts';
import type { Settings } from '../workspace/settings.ts';
import { requireTrust } from '../workspace/trust.ts';
import type { BoardCommands } from './board-commands.ts';
import type { CopyCommands } from './copy.ts';
import type { Packing } from './pack-image.ts';

/** What the commands act on. */
export interface CommandParts {
  readonly serving: Serving;
  readonly project: Project;
  readonly requests: RequestLog;
  readonly checks: ImageChecks;
  readonly boards: Boards;
  readonly boardsView: Promise<BoardsView>;
  readonly consent: ConsentStore;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** A row of a tree. A key that acts on what is selected among the boards says `selection`. */
type Row = ImagesNode | BoardsNode | 'selection';

/** Registers the commands of the manifest. Those of the trees get the row they were called on; what they need is read then. */
export class Commands extends Owner {
  readonly #parts: CommandParts;
  #packing: Packing | undefined;

  constructor(parts: CommandParts) {
    super();
    this.#parts = parts;
    const { serving, project, requests, consent, settings, log } = parts;
    const register = (name: string, run: (node?: Row) => unknown) =>
      this.own(vscode.commands.registerCommand(`mkbox.${name}`, run));
    const whenTrusted = (name: string, run: (node?: Row) => Promise<void>) =>
      register(name, (node) => (requireTrust() ? run(node) : undefined));

    whenTrusted('serve', () => serving.serve({ kind: 'all' }));
    whenTrusted('serveToNetwork', async () => {
      const { serveToNetwork } = await import('../after-activation.ts');
      await serveToNetwork(serving, consent, settings);
    });
    whenTrusted('serveOneUpdate', () => serving.serve({ kind: 'once' }));
    whenTrusted('serveImageOnce', async (node) => {
      const image = imageOf(node);
      if (image !== undefined) await serving.serve({ kind: 'once', only: image.id });
    });
    register('stop', () => serving.stop());
    register('stopNow', () => serving.stop(0));
    whenTrusted('restart', () => serving.restart());
    register('showActions', async () => {
      const { showActions } = await import('../after-activation.ts');
      await showActions(parts);
    });
    register('openStatusPage', async () => {
      const { openStatusPage } = await import('../after-activation.ts');
      await openStatusPage(serving);
    });
    register('copyUpdateUrl', async (node) => (await this.#loadCopies()).updateUrl(imageOf(node)));
    register('copyCurl', async (node) => (await this.#loadCopies()).curl(imageOf(node)));
    register('copyUpdateTxt', async (node) => (await this.#loadCopies()).updateTxt(imageOf(node)));
    register('copyDnsTxt', async (node) => (await this.#loadCopies()).dnsTxt(imageOf(node)));
    register('copyDetail', async (node) => {
      if (typeof node !== 'object' || !('detail' in node)) return;
      const { copy } = await import('../after-activation.ts');
      await copy(node.detail.value);
    });
    this.#registerForBoards(register, whenTrusted);
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
    register('reveal', async (node) => {
      const image = packableOf(node);
      if (image === undefined) return;
      const { revealImage } = await import('../after-activation.ts');
      await revealImage(image);
    });
    register('openBoxbuild', (node) => {
      if (typeof node !== 'object' || node.kind !== 'box') return undefined;
      return vscode.window.showTextDocument(vscode.Uri.file(path.join(node.box.path, 'BOXBUILD')));
    });
    register('clearRequests', () => requests.clear());
    register('exportRequests', async () => {
      const { exportRequests } = await import('../after-activation.ts');
      await exportRequests(requests);
    });
  }

  #registerForBoards(
    register: (name: string, run: (node?: Row) => unknown) => void,
    whenTrusted: (name: string, run: (node?: Row) => Promise<void>) => void,
  ): void {
    const { boards } = this.#parts;
    const on = (act: (commands: BoardCommands, id: string | undefined) => Promise<void>) => async (node?: Row) =>
      act(await this.#loadBoardCommands(), await this.#boardOf(node));
    register(
      'renameBoard',
      on((commands, id) => commands.rename(id)),
    );
    register(
      'forgetBoard',
      on((commands, id) => commands.forget(id)),
    );
    register(
      'holdBoard',
      on((commands, id) => commands.hold(id)),
    );
    register(
      'releaseBoard',
      on((commands, id) => commands.release(id)),
    );
    for (const name of ['serveOnceToBoard', 'serveOnceToThisBoard']) {
      whenTrusted(
        name,
        on((commands, id) => commands.serveOnce(id)),
      );
    }
    const copyFor = (act: (copies: CopyCommands, board: Board) => Promise<void>) => async (node?: Row) => {
      const board = (await boards.open()).get((await this.#boardOf(node)) ?? '');
      if (board !== undefined) await act(await this.#loadCopies(), board);
    };
    register(
      'copyUpdateTxtForBoard',
      copyFor((copies, board) => copies.updateTxtFor(board)),
    );
    register(
      'copyDnsTxtForBoard',
      copyFor((copies, board) => copies.dnsTxtFor(board)),
    );
  }

  /** The ID of the board that a command is called on; undefined where the user is to pick one. */
  async #boardOf(node: Row | undefined): Promise<string | undefined> {
    if (node === 'selection') return (await this.#parts.boardsView).selected;
    return node !== undefined && 'id' in node ? node.id : undefined;
  }

  async #loadBoardCommands(): Promise<BoardCommands> {
    const { BoardCommands } = await import('../after-activation.ts');
    return new BoardCommands(await this.#parts.boards.open(), this.#parts.serving);
  }

  async #loadCopies(): Promise<CopyCommands> {
    const { CopyCommands } = await import('../after-activation.ts');
    return new CopyCommands(this.#parts.project, this.#parts.serving, this.#parts.checks);
  }

  async #verify(images: readonly CatalogImage[]): Promise<void> {
    const { verifyImages } = await import('../after-activation.ts');
    await verifyImages(images, this.#parts.checks, this.#parts.log);
  }

  /** There is one, so that no image is packed twice at a time. */
  async #loadPacking(): Promise<Packing> {
    const { Packing } = await import('../after-activation.ts');
    this.#packing ??= new Packing(this.#parts.project, this.#parts.log);
    return this.#packing;
  }
}

function imageOf(node: Row | undefined): CatalogImage | undefined {
  return typeof node === 'object' && node.kind === 'image' ? node.image : undefined;
}

/** The image of a row, packed or not. */
function packableOf(node: Row | undefined): CatalogImage | UnpackedImage | undefined {
  if (typeof node !== 'object') return undefined;
  return node.kind === 'image' || node.kind === 'unpacked' ? node.image : undefined;
}

/** The image of a row, or the images of a box's row. */
function imagesOf(node: Row | undefined, { snapshot }: Project): readonly CatalogImage[] {
  if (typeof node === 'object' && node.kind === 'box')
    return snapshot.images.filter((image) => image.folder === node.box.path);
  const image = imageOf(node);
  return image === undefined ? [] : [image];
}
