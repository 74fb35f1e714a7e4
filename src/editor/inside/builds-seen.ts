import path from 'node:path';
import type * as vscode from 'vscode';
import type { LoggedRequest } from '../../boards/logged-request.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import { Inventories } from '../../checks/inventories.ts';
import { InventoryTaker } from '../../checks/inventory-taker.ts';
import { Owner } from '../dispose.ts';

export interface BuildsSeenParts {
  readonly checks: ImageChecks;
  /** Those that were made; while one runs, no inventory is taken. */
  readonly requests: { readonly requests: readonly LoggedRequest[] };
  readonly log: vscode.LogOutputChannel;
}

/** The inventories of builds that were found right, also of those whose images are gone, in the editor's storage. */
export class BuildsSeen extends Owner {
  readonly inventories: Inventories;
  readonly #taker: InventoryTaker;

  /** `folder`: the extension's storage for all workspaces. */
  constructor(folder: string, { checks, requests, log }: BuildsSeenParts) {
    super();
    this.inventories = new Inventories(path.join(folder, 'inventories'));
    this.inventories.events.on('damaged', (text) => log.warn(text));
    this.inventories.events.on('unkept', (code) => log.warn(`can't save an inventory (${code})`));
    const isBusy = () => requests.requests.some(({ state }) => state.kind === 'running');
    const onFailure = (text: string) => log.info(text);
    this.#taker = new InventoryTaker({ checks, inventories: this.inventories, isBusy, onFailure });
    this.own({ dispose: () => void this.#taker.close() });
  }

  /** Keeps the inventory of a build that was found right, when there is time to take it. */
  add(set: Parameters<InventoryTaker['add']>[0]): void {
    this.#taker.add(set);
  }
}
