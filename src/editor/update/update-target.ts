import * as vscode from 'vscode';
import type { Assignment } from '../../boards/assignment.ts';
import { assignmentText } from '../../boards/assignment-text.ts';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { nextImage } from '../../boards/next-image.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';
import { boardName } from '../words/board-name.ts';
import { noImageText } from '../words/board-words.ts';

/** What an update brings to a board. */
export interface Target {
  readonly image: CatalogImage;
  readonly build: string;
  /** Why it is that build, where it is not simply the newest: as one clause. */
  readonly why: string | undefined;
}

/**
 * What `board` gets when it asks, once it is released.
 * @throws UserError when there is nothing.
 */
export function targetOf(board: Board, registry: BoardRegistry, snapshot: CatalogSnapshot): Target {
  const assigned = registry.assignmentOf({ ...board, isHeld: false }, snapshot);
  const name = boardName(board);
  if (assigned.kind === 'nothing' && assigned.until.kind === 'build missing') {
    throw new UserError(`${name} ${textOf(assigned)}`);
  }
  const isCertain = assigned.kind === 'build';
  const image = isCertain
    ? registry.imageOfBuild(assigned.image, assigned.build, snapshot)
    : nextImage(board, snapshot)?.image;
  if (image?.state.kind !== 'ready') throw new UserError(noImageText(name, vscode.l10n));
  return { image, build: image.state.buildId, why: isCertain ? textOf(assigned) : undefined };
}

/** Why `board` gets nothing until it is released, as one clause; undefined where it needs no release. */
export function heldBackText(board: Board, registry: BoardRegistry, snapshot: CatalogSnapshot): string | undefined {
  const assigned = registry.assignmentOf(board, snapshot);
  const isStopped = assigned.kind === 'nothing' && assigned.until.kind === 'loop stopped';
  return assigned.kind === 'held' || isStopped ? textOf(assigned) : undefined;
}

function textOf(assigned: Assignment): string {
  const { l10n, env } = vscode;
  return assignmentText(assigned, (ms) => new Date(ms).toLocaleString(env.language), l10n) ?? '';
}
