import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { isUnderWay } from '../../boards/board-update.ts';
import { UserError } from '../../errors.ts';
import { knownBoard } from '../known-boards.ts';
import { untilCancelled } from '../until-cancelled.ts';
import { type BuildFirst, buildFirst } from '../update/build-first.ts';
import { chooseRestart, type Restart } from '../update/restart-choice.ts';
import { requireNoOther } from '../update/serve-for-board.ts';
import { tellEnding } from '../update/tell-ending.ts';
import { type Ending, type Plan, runUpdate } from '../update/update-run.ts';
import { heldBackText, type Target, targetOf } from '../update/update-target.ts';
import type { Updates } from '../update/updates.ts';
import { boardName } from '../words/board-name.ts';
import { alreadyRunsText } from '../words/board-words.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Command, CommandContext } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** Updates one board now: checks its image, serves it, restarts the board, and stays with it until it is confirmed. */
export const updateBoard: Command = {
  id: 'mkbox.updateBoard',
  needsTrustedFolder: true,
  async run(context, row) {
    const board = await chooseBoard(context, row, vscode.l10n.t('Update Board Now'));
    if (board !== undefined) await updateOne(context, board, { build: 'when stale' });
  },
};

/** The same, with an image that is built for it. */
export const buildAndUpdateBoard: Command = {
  id: 'mkbox.buildAndUpdateBoard',
  needsTrustedFolder: true,
  async run(context, row) {
    const board = await chooseBoard(context, row, vscode.l10n.t('Build and Update Board'));
    if (board !== undefined) await updateOne(context, board, { build: 'always' });
  },
};

/** After a restart that failed, of an image that the user was asked about. */
const AS_IT_IS_BY_HAND: Decided = { build: 'never', restart: { kind: 'by hand' }, isReleased: true };

/** What of an update is decided beforehand. */
interface Decided {
  readonly build: BuildFirst;
  /** Without it, the user is asked how the board is to be restarted where no setting says so. */
  readonly restart?: Restart;
  /** The user was asked already whether a board that gets nothing is to be released for it. */
  readonly isReleased?: boolean;
}

/**
 * Updates `board`, and tells how that ended; cancelled, or not begun, it leaves nothing changed but what was built.
 * @throws UserError when it can't be begun.
 */
async function updateOne(context: CommandContext, chosen: Board, decided: Decided): Promise<void> {
  const { updates, settings, serving } = context;
  const { l10n } = vscode;
  const registry = await context.boards.open();
  const board = knownBoard(chosen, registry);
  requireNotUpdated(updates, board);
  requireNoOther(serving, board.address);
  const { snapshot } = context.project.served;
  const heldBack = heldBackText(board, registry, snapshot);
  const isAsked = heldBack !== undefined && decided.isReleased !== true;
  if (isAsked && !(await isToBeReleased(board, heldBack))) return;
  const isJoined = isUnderWay(board);
  if (!isJoined && !(await isBuilt(context, board, targetOf(board, registry, snapshot), decided.build))) return;
  const target = targetOf(board, registry, context.project.served.snapshot);
  if (!isJoined && board.reportedBuild === target.build) {
    const text = alreadyRunsText(boardName(board), target.build, target.image.image, l10n);
    void vscode.window.showInformationMessage(plainMessage(text));
    return;
  }
  const restart = isJoined ? undefined : (decided.restart ?? (await chooseRestart(board, settings)));
  if (restart === undefined && !isJoined) return;
  await carryOut(context, { board: knownBoard(board, registry), ...target, restart }, heldBack !== undefined);
}

/** @throws UserError when `board` is being updated already */
function requireNotUpdated(updates: Updates, board: Board): void {
  if (!updates.has(board.id)) return;
  throw new UserError(vscode.l10n.t('{0} is being updated already.', boardName(board)));
}

/** Whether a board that gets nothing is to be released for its update, as the user wants. `why` is a clause. */
async function isToBeReleased(board: Board, why: string): Promise<boolean> {
  const { l10n, window } = vscode;
  const release = l10n.t('Release and Update');
  const text = l10n.t('mkbox: {0}', `${boardName(board)} ${why}`);
  return (await window.showWarningMessage(plainMessage(text), release)) === release;
}

/**
 * Builds the image that a board gets, as far as that is wanted. Whether the update is to go on. A build that was chosen
 * for the board, or for all, is not stale.
 */
async function isBuilt({ building }: CommandContext, board: Board, target: Target, when: BuildFirst): Promise<boolean> {
  if (target.why === undefined) return buildFirst(await building.open(), target.image, board, when);
  if (when === 'always') throw new UserError(`${boardName(board)} ${target.why}`);
  return true;
}

/** Carries out an update, with one notification that shows how far it is, and tells how it ended. */
async function carryOut(context: CommandContext, plan: Plan, isHeldBack: boolean): Promise<void> {
  const { updates, boards } = context;
  const { board } = plan;
  const [registry, acts] = [await boards.open(), await boards.acts()];
  const now = () => registry.get(board.id) ?? board;
  requireNotUpdated(updates, board); // it may have begun while the user was asked
  const ending = await updates.run(board.id, async (closing) => {
    let reached: Ending | undefined;
    try {
      if (isHeldBack) acts.release([board.id]);
      reached = await updateWithProgress(context, plan, closing);
      return reached;
    } finally {
      // also where it goes on: what it downloads now is not what a hold is about
      if (board.isHeld && reached?.kind !== 'ended') acts.hold([board.id], board.held?.why);
    }
  });
  if (ending === undefined) tellCancelled(context, now());
  else await tellEnding(context, plan, ending, () => updateOne(context, now(), AS_IT_IS_BY_HAND));
}

/** How an update ended; undefined where the user cancelled it, or the window closed. */
function updateWithProgress(context: CommandContext, plan: Plan, closing: AbortSignal): Thenable<Ending | undefined> {
  const { l10n, window, ProgressLocation } = vscode;
  const title = plainMessage(l10n.t('mkbox: updating {0}', boardName(plan.board)));
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(options, (progress, token) => {
    const show = (message: string) => progress.report({ message: plainMessage(message) });
    return untilCancelled(token, (signal) => runUpdate(context, plan, show, signal), closing);
  });
}

/** What was cancelled leaves nothing changed here; a board that has begun goes on. */
function tellCancelled({ log }: CommandContext, board: Board): void {
  const { l10n, window } = vscode;
  const name = boardName(board);
  log.info(`the update of ${name} was cancelled`);
  if (!isUnderWay(board)) return;
  const text = l10n.t('mkbox: {0} goes on with its update, which is no longer followed here.', name);
  void window.showInformationMessage(plainMessage(text));
}
