import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import { BoardRegistry } from '../../boards/board-registry.ts';
import { Acts } from '../../control/acts.ts';
import { auditFile } from '../../control/audit-file.ts';
import { AuditLog } from '../../control/audit-log.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { boardFile } from './board-file.ts';
import type { OpenBoards } from './boards.ts';

/** How boards are opened. */
export interface OpenBoardsOptions {
  /** The extension's folder for all workspaces. */
  readonly folder: string;
  readonly stopsLoops: () => boolean;
  /** Finds the builds that are kept. */
  readonly keptBuild: (imageId: string, buildId: string) => CatalogImage | undefined;
  /** Gets what went wrong with a file, a line of English. */
  readonly onMessage: (text: string) => void;
}

/** Opens the registry with the boards stored for this workspace, and what is done to them by whom. */
export async function openBoards({ folder, onMessage, ...decided }: OpenBoardsOptions): Promise<OpenBoards> {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const uris = workspaceFile === undefined ? workspaceFolders.map(({ uri }) => uri) : [workspaceFile];
  const statePath = boardFile(
    folder,
    uris.map((uri) => uri.toString()),
  );
  const [registry, audit] = await Promise.all([
    BoardRegistry.open({ statePath, onMessage, ...decided }),
    AuditLog.open(auditFile(statePath), onMessage),
  ]);
  return { registry, audit, acts: new Acts({ registry, audit, by: userInfo().username }) };
}
