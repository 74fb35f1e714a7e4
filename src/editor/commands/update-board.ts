import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { isUnderWay } from '../../boards/board-update.ts';
import { nextImage } from '../../boards/next-image.ts';
import { UserError } from '../../errors.ts';
import { untilCancelled } from '../until-cancelled.ts';
import { chooseRestart, type Restart } from '../update/restart-choice.ts';
import { tellEnding } from '../update/tell-ending.ts';
import { type Ending, type Plan, runUpdate } from '../update/update-run.ts';
import { boardName } from '../words/board-name.ts';
import { alreadyRunsText, noImageText } from '../words/board-words.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Command, CommandContext } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** Updates one board now: checks its image, serves it, restarts the board, and stays with it until it is confirmed. */
export const updateBoard: Command = {
  id: 'mkbox.updateBoard',
  needsTrust: true,
  async run(context, row) {
    const board = await chooseBoard(context, row, vscode.l10n.t('Update Board Now'));
    if (board !== undefined) await updateOne(context, board);
  },
};

/**
 * Updates `board`, and tells how that ended; cancelled, it leaves nothing changed. The user is asked how it is to be
 * restarted where neither `how` nor a setting says so.
 * @throws UserError when it can't be begun.
 */
async function updateOne(context: CommandContext, board: Board, how?: Restart): Promise<void> {
  const { updating, settings, serving } = context;
  const { l10n } = vscode;
  if (updating.has(board.id)) throw new UserError(l10n.t('{0} is being updated already.', boardName(board)));
  const { wanted } = serving;
  if (wanted?.kind === 'only' && wanted.client !== board.address) {
    const other = wanted.client ?? '';
    throw new UserError(l10n.t('only {0} is served now, for its update: wait for it, or cancel it.', other));
  }
  if (board.isHeld && !(await isToBeReleased(board))) return;
  const target = targetOf(context, board);
  if (target === undefined) return;
  const isJoined = isUnderWay(board);
  const restart = isJoined ? undefined : (how ?? (await chooseRestart(board, settings)));
  if (restart !== undefined || isJoined) await carryOut(context, { board, ...target, restart });
}

/** Whether a board on hold is to be released for its update, as the user wants. */
async function isToBeReleased(board: Board): Promise<boolean> {
  const { l10n, window } = vscode;
  const release = l10n.t('Release and Update');
  const text = l10n.t('mkbox: {0} is on hold, and gets no update.', boardName(board));
  return (await window.showWarningMessage(plainMessage(text), release)) === release;
}

/** The image that a board gets when it asks; undefined where it runs that already, which the user is told. */
function targetOf({ project }: CommandContext, board: Board): Pick<Plan, 'image' | 'build'> | undefined {
  const { l10n, window } = vscode;
  const name = boardName(board);
  const next = nextImage(board, project.served.snapshot);
  if (next?.image.state.kind !== 'ready') throw new UserError(noImageText(name, l10n));
  const { image } = next;
  const { buildId: build } = next.image.state;
  if (board.reportedBuild !== build) return { image, build };
  void window.showInformationMessage(plainMessage(alreadyRunsText(name, build, image.image, l10n)));
  return undefined;
}

/** Carries out an update, with one notification that shows how far it is, and tells how it ended. */
async function carryOut(context: CommandContext, plan: Plan): Promise<void> {
  const { updating, boards } = context;
  const { id, isHeld } = plan.board;
  const registry = await boards.open();
  const now = () => registry.get(id) ?? plan.board;
  updating.add(id);
  let ending: Ending | undefined;
  try {
    if (isHeld) acts.release([id]);
    ending = await updateWithProgress(context, plan);
    if (isHeld && ending === undefined) acts.hold([id], board.held?.why);
  } finally {
    updating.delete(id);
  }
  if (ending === undefined) tellCancelled(context, now());
  else await tellEnding(context, plan, ending, () => updateOne(context, now(), { kind: 'by hand' }));
}

/** How an update ended; undefined where it was cancelled. */
function updateWithProgress(context: CommandContext, plan: Plan): Thenable<Ending | undefined> {
  const { l10n, window, ProgressLocation } = vscode;
  const title = plainMessage(l10n.t('mkbox: updating {0}', boardName(plan.board)));
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(options, (progress, token) => {
    const show = (message: string) => progress.report({ message: plainMessage(message) });
    return untilCancelled(token, (signal) => runUpdate(context, plan, show, signal));
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
