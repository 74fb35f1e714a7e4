import * as vscode from 'vscode';
import { showFailure } from '../show-problem.ts';
import { rowNow } from '../views/row-now.ts';
import { requireTrustedFolder } from '../workspace/trusted-folder.ts';
import { buildImage } from './build-image.ts';
import { clearChanges, refreshChanges, swapChanges } from './changes.ts';
import { clearRequests } from './clear-requests.ts';
import type { Command, CommandContext } from './command.ts';
import { compareWith, compareWithSelected, selectForCompare } from './compare.ts';
import { copyAddresses } from './copy-addresses.ts';
import { copyCurl } from './copy-curl.ts';
import { copyDetail } from './copy-detail.ts';
import { copyDnsTxt, copyDnsTxtForBoard } from './copy-dns-txt.ts';
import { copyInsidePath } from './copy-inside-path.ts';
import { copyReason } from './copy-reason.ts';
import { copyUpdateTxt, copyUpdateTxtForBoard } from './copy-update-txt.ts';
import { copyUpdateUrl } from './copy-update-url.ts';
import { deleteBuild, serveBuildAgain, serveNewest } from './earlier-build.ts';
import { exportRequests } from './export-requests.ts';
import { findInImage } from './find-in-image.ts';
import { forgetBoard } from './forget-board.ts';
import { groupBoards } from './group-boards.ts';
import { holdBoard, releaseBoard } from './hold-board.ts';
import { openBoxbuild } from './open-boxbuild.ts';
import { openAllChanges, openChange } from './open-change.ts';
import { openDemo } from './open-demo.ts';
import { openRowSetting } from './open-row-setting.ts';
import { openSshTerminal } from './open-ssh-terminal.ts';
import { openStatusPage } from './open-status-page.ts';
import { pack } from './pack.ts';
import { pinBoard, unpinBoard } from './pin-board.ts';
import { refresh } from './refresh.ts';
import { renameBoard } from './rename-board.ts';
import { reveal } from './reveal.ts';
import { rollOut } from './roll-out.ts';
import { rowOf } from './rows.ts';
import { saveInside } from './save-inside.ts';
import { restart, serve } from './serve.ts';
import { serveImageOnce, serveOneUpdate } from './serve-once.ts';
import { serveOnceToBoard, serveOnceToThisBoard } from './serve-once-to-board.ts';
import { serveToNetwork } from './serve-to-network.ts';
import { serveWithFault } from './serve-with-fault.ts';
import { showActions } from './show-actions.ts';
import { showLog } from './show-log.ts';
import { showBoardOfRequest, showImageOfRequest } from './show-of-request.ts';
import { showWhy } from './show-why.ts';
import { stop, stopNow } from './stop.ts';
import { stopFault } from './stop-fault.ts';
import { tagBoard } from './tag-board.ts';
import { tryAsBoard } from './try-as-board.ts';
import { buildAndUpdateBoard, updateBoard } from './update-board.ts';
import { verify, verifyRow } from './verify.ts';
import { whatWouldChange } from './what-would-change.ts';

/** The commands of the manifest, each from the file that is named after it. */
export const COMMANDS: readonly Command[] = [
  serve,
  serveToNetwork,
  showWhy,
  serveOneUpdate,
  serveImageOnce,
  stop,
  stopNow,
  restart,
  showActions,
  openStatusPage,
  openDemo,
  copyUpdateUrl,
  copyCurl,
  copyUpdateTxt,
  copyDnsTxt,
  copyDetail,
  copyReason,
  copyAddresses,
  showBoardOfRequest,
  showImageOfRequest,
  tryAsBoard,
  serveWithFault,
  stopFault,
  showLog,
  refresh,
  verify,
  verifyRow,
  pack,
  reveal,
  openBoxbuild,
  openRowSetting,
  clearRequests,
  exportRequests,
  renameBoard,
  forgetBoard,
  holdBoard,
  releaseBoard,
  pinBoard,
  unpinBoard,
  tagBoard,
  groupBoards,
  rollOut,
  serveOnceToBoard,
  serveOnceToThisBoard,
  updateBoard,
  buildAndUpdateBoard,
  openSshTerminal,
  copyUpdateTxtForBoard,
  copyDnsTxtForBoard,
  copyInsidePath,
  saveInside,
  findInImage,
  compareWith,
  selectForCompare,
  compareWithSelected,
  whatWouldChange,
  serveBuildAgain,
  serveNewest,
  deleteBuild,
  openChange,
  openAllChanges,
  refreshChanges,
  swapChanges,
  clearChanges,
  buildImage,
];

/** Runs the command of that ID. What it throws is told here, and goes to the log: a bug with its stack. */
export async function runCommand(
  id: string,
  context: CommandContext,
  row?: unknown,
  selected?: readonly unknown[],
): Promise<void> {
  const command = COMMANDS.find((known) => known.id === id);
  if (command === undefined) throw new Error(`no command ${id}`);
  if (command.needsTrustedFolder && !requireTrustedFolder(context.log)) return;
  const { snapshot } = context.project;
  const now = (argument: unknown) => rowNow(rowOf(argument), snapshot);
  try {
    if (command.actsOn?.(now(row)) === false) {
      const { l10n, window } = vscode;
      void window.showInformationMessage(l10n.t("mkbox: this command acts on a row: run it from a row's menu."));
      return;
    }
    await command.run(
      context,
      now(row),
      selected?.map(now).filter((other) => other !== undefined),
    );
  } catch (error) {
    await showFailure(id, error, context.log);
  }
}
