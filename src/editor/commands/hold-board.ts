import * as vscode from 'vscode';
import { idsOf } from '../known-boards.ts';
import { isStopped } from '../words/board-words.ts';
import { chooseBoards } from './choose-boards.ts';
import type { Command } from './command.ts';

/** From their next requests on, the boards are answered as up to date. */
export const holdBoard: Command = {
  id: 'mkbox.holdBoard',
  async run(context, row, selected) {
    const title = vscode.l10n.t('Hold Board');
    const boards = await chooseBoards(context, { row, selected, title, isWanted: ({ board }) => !board.isHeld });
    (await context.boards.acts()).hold(idsOf(boards));
  },
};

/** From their next requests on, the boards get what they ask for. */
export const releaseBoard: Command = {
  id: 'mkbox.releaseBoard',
  async run(context, row, selected) {
    const title = vscode.l10n.t('Release Board');
    const isWanted = (seen: Parameters<typeof isStopped>[0]) => seen.board.isHeld || isStopped(seen);
    const boards = await chooseBoards(context, { row, selected, title, isWanted });
    (await context.boards.acts()).release(idsOf(boards));
  },
};
