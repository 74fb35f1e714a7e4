import type * as vscode from 'vscode';
import { BoardRegistry } from '../../boards/board-registry.ts';
import { Acts } from '../../control/acts.ts';
import { auditFile } from '../../control/audit-file.ts';
import { AuditLog } from '../../control/audit-log.ts';
import { recordAutomaticActs } from '../../control/automatic-acts.ts';
import { userName } from '../../control/user-name.ts';
import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';
import type { OnMessage } from '../../words.ts';
import type { Settings } from '../workspace/settings.ts';
import { ActsSaved } from './acts-saved.ts';
import { boardFile } from './board-file.ts';
import type { OpenBoards } from './boards.ts';
import { RollOutSetting } from './roll-out-setting.ts';
import { workspaceUris } from './workspace-uris.ts';

/** How boards are opened. */
export interface OpenBoardsOptions {
  /** The extension's folder for all workspaces. */
  readonly folder: string;
  readonly stopsLoops: () => boolean;
  /** In what stages new builds go out. */
  readonly settings: Pick<Settings, 'rollOutStages' | 'rollOutWait'>;
  /** What boards get, as it is now. */
  readonly snapshot: () => CatalogSnapshot;
  /** Finds the builds that are kept. */
  readonly keptBuild: (imageId: string, buildId: string) => CatalogImage | undefined;
  /** Told what went wrong with a file, or with a setting. */
  readonly onMessage: OnMessage;
  readonly onFailure: (error: unknown) => void;
  /** Disposed of with the extension. */
  readonly subscriptions: vscode.Disposable[];
}

/** Opens the registry with the boards stored for this workspace, and what is done to them by whom. */
export async function openBoards({
  folder,
  onMessage,
  onFailure,
  settings,
  snapshot,
  subscriptions,
  ...decided
}: OpenBoardsOptions): Promise<OpenBoards> {
  const statePath = boardFile(folder, workspaceUris());
  const rollOut = new RollOutSetting(settings, onMessage);
  subscriptions.push(rollOut);
  let saved: ActsSaved | undefined;
  // the user is told of what they did themselves: the line about its file is for the log
  const onFile: OnMessage = (line, told) => (saved?.isSaving ? onFailure(line) : onMessage(line, told));
  const [registry, audit] = await Promise.all([
    BoardRegistry.open({ statePath, onMessage: onFile, rollOutPlan: rollOut.get, ...decided }),
    AuditLog.open(auditFile(statePath), onMessage),
  ]);
  rollOut.events.on('changed', () => registry.rollOuts.takeAsFirst(snapshot().images));
  const dispose = recordAutomaticActs(registry, audit, (board) => registry.assignmentOf(board, snapshot()));
  subscriptions.push({ dispose });
  saved = new ActsSaved(registry, onFailure);
  return { registry, audit, acts: new Acts({ registry, audit, by: userName(), onAct: saved.acted }) };
}
