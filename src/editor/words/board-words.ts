import type { Assignment } from '../../boards/assignment.ts';
import type { Board } from '../../boards/board.ts';
import { isOnItsWay, type NextImage, nextImage } from '../../boards/next-image.ts';
import { pendingOnce } from '../../boards/pending-once.ts';
import type { PinTarget } from '../../boards/pin-targets.ts';
import { progressOf } from '../../boards/progress.ts';
import { brokenOffText, stateText } from '../../boards/state-text.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogSnapshot } from '../../images/catalog.ts';
import type { Transfer } from '../../server/transfer.ts';
import { waitingText } from '../../server/transfer-line.ts';
import { boardName } from './board-name.ts';
import { IN_THE_EDITOR } from './remedies.ts';
import { stalledWords } from './request-words.ts';
import { oneUpdateText } from './status-words.ts';
import { bytesText, durationText, percentText, type Words } from './words.ts';

/** A board with what else is known of where it stands. */
export interface SeenBoard {
  readonly board: Board;
  /** The transfer by which it gets an image now. */
  readonly transfer: Transfer | undefined;
  readonly next: NextImage | undefined;
  /** What it gets if it asks again, and why. */
  readonly assignment: Assignment;
}

/** Knows what boards get and do. */
interface BoardsKnown {
  transferOf(id: string): Transfer | undefined;
  assignmentOf(board: Board, snapshot: CatalogSnapshot): Assignment;
}

/** A board with what else is known of it, while the images are as in `snapshot`. */
export function seenBoard(board: Board, known: BoardsKnown, snapshot: CatalogSnapshot): SeenBoard {
  return {
    board,
    transfer: known.transferOf(board.id),
    next: nextImage(board, snapshot),
    assignment: known.assignmentOf(board, snapshot),
  };
}

/** Where a board stands, in words. */
export function boardStateText(
  { board, transfer }: Pick<SeenBoard, 'board' | 'transfer'>,
  words: Words,
  locale: string,
): string {
  const { state } = board;
  switch (state.kind) {
    case 'waiting':
      return queuedText(transfer, words);
    case 'downloading':
      return transfer === undefined ? words.t('downloading') : downloadText(transfer, words, locale);
    case 'flashing':
      return state.expectedMs === undefined
        ? stateText(state, words)
        : words.t('{0}, which takes about {1}', stateText(state, words), durationText(state.expectedMs, locale));
    case 'broken off':
      return brokenOffText(state, bytesText(state.atByte, locale), bytesText(state.ofBytes, locale), words);
    case 'silent':
      return words.t('silent since {0}', new Date(state.sinceMs).toLocaleString(locale));
    default:
      return stateText(state, words, IN_THE_EDITOR);
  }
}

function queuedText(transfer: Transfer | undefined, words: Words): string {
  const place = transfer?.state.kind === 'running' ? transfer.state.place : undefined;
  return place === undefined ? words.t('queued') : waitingText(place.before, words);
}

function downloadText(transfer: Transfer, words: Words, locale: string): string {
  const { sentBytes, totalBytes, bytesPerSecond, leftMs, stalledMs } = progressOf(transfer);
  const percent = percentText(sentBytes, totalBytes, locale);
  const total = bytesText(totalBytes, locale);
  if (stalledMs !== undefined)
    return words.t('{0} of {1}, {2}', percent, total, stalledWords(stalledMs, words, locale));
  if (leftMs === undefined) return words.t('downloading {0} of {1}', percent, total);
  const left = durationText(Math.ceil(leftMs / 1000) * 1000, locale);
  return words.t('downloading {0} of {1}, {2}/s, {3} left', percent, total, bytesText(bytesPerSecond, locale), left);
}

/** Whether it gets nothing, because it flashes itself again and again. */
export function isStopped({ assignment }: SeenBoard): boolean {
  return assignment.kind === 'nothing' && assignment.until.kind === 'loop stopped';
}

/** What stands behind a board's name: where it stands, and what is to be known of it beside that. */
export function boardDescription(seen: SeenBoard, words: Words, locale: string): string {
  const { board, next } = seen;
  return [
    ...(board.isHeld && board.state.kind !== 'held' ? [words.t('held')] : []),
    ...(board.pin === undefined ? [] : [words.t('pinned')]),
    ...(pendingOnce(board) === undefined ? [] : [oneUpdateText(words)]),
    ...(isStopped(seen) && board.state.kind !== 'withheld' ? [words.t('stopped')] : []),
    boardStateText(seen, words, locale),
    wishText(board),
    ...(next?.isOther && !isOnItsWay(board.state) ? [words.t('different build')] : []),
    ...(board.tags ?? []).map((tag) => `#${tag}`),
  ].join(' · ');
}

/** What a board asks for, in short: the parts it asks by; its image where it does not say them. */
export function wishText(asking: Board): string {
  const { box, board, branch, version } = asking.wish;
  if (box === undefined || board === undefined) return imageText(asking);
  return [box, board, branch, version].filter((part) => part !== undefined).join(' ');
}

/** The name of the image that a board asks for, as far as it is known. */
function imageText({ wish, image }: Board): string {
  const [, found] = image?.split('/') ?? [];
  const { box, board, branch, version } = wish;
  return found ?? wish.image ?? [box, board, branch, version].filter((part) => part !== undefined).join(' ');
}

/** What a board can be pinned to, as a name and what is to be known of it. */
export function pinTargetText(
  { image, build, newest }: PinTarget,
  words: Words,
): { readonly label: string; readonly description: string } {
  const name = image.slice(image.indexOf('/') + 1);
  if (build === undefined) {
    return { label: name, description: words.t('its newest build, now {0}', shortBuildId(newest)) };
  }
  const label = words.t('build {0} of {1}', shortBuildId(build), name);
  return { label, description: words.t('no newer one') };
}

/** How many boards have a tag. */
export function tagBoardsText(count: number, words: Words): string {
  return count === 1 ? words.t('1 board') : words.t('{0} boards', count);
}

/** How many images are being sent, for the number on the view. */
export function transfersText(count: number, words: Words): string {
  return count === 1 ? words.t('1 transfer running') : words.t('{0} transfers running', count);
}

/** That a board runs what it was given. */
export function confirmedText(board: Board, words: Words): string {
  const build = board.state.kind === 'confirmed' ? board.state.build : (board.reportedBuild ?? '');
  return runsBuildText(boardName(board), build, imageText(board), words);
}

/** That a board runs a build of an image. */
export function runsBuildText(name: string, build: string, image: string, words: Words): string {
  return words.t('mkbox: {0} runs build {1} of {2}.', name, shortBuildId(build), image);
}

/** That a board has nothing to update to: it runs what it would get. */
export function alreadyRunsText(name: string, build: string, image: string, words: Words): string {
  return words.t('mkbox: {0} already runs build {1} of {2}.', name, shortBuildId(build), image);
}

/** That there is nothing for a board to get, as a clause with a full stop. */
export function noImageText(name: string, words: Words): string {
  return words.t('there is no image for {0} now.', name);
}
