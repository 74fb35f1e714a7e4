import { standingsText } from '../boards/standing.ts';
import { brokenOffText, stateText } from '../boards/state-text.ts';
import { wrongText } from '../checks/finding-text.ts';
import { shortBuildId } from '../images/build-id.ts';
import { incompleteText } from '../images/set-fault-text.ts';
import { waitingText } from '../server/transfer-line.ts';
import type { BoardReport, ImageReport, ProgressReport, StatusReport } from './report.ts';

const MB = 1e6;

/** Bytes as people read them: kB, MB or GB. */
export function bytesText(bytes: number): string {
  if (bytes < MB) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1000 * MB) return `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;
  return `${(bytes / (1000 * MB)).toFixed(2)} GB`;
}

/** A build ID as people tell builds apart; a dash for none. */
export function buildText(buildId: string | undefined): string {
  return buildId === undefined ? '–' : shortBuildId(buildId);
}

/** A time of day and a date, the same for all readers: ISO 8601 in UTC, to the second. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}

/** How things stand, in one line: "3 images ready, 1 wrong · 30 boards: 27 current · 2 updating · 1 overdue". */
export function summaryText({ images, boards }: Pick<StatusReport, 'images' | 'boards'>): string {
  return boards.length === 0 ? imagesText(images) : `${imagesText(images)} · ${boardsText(boards)}`;
}

function boardsText(boards: readonly BoardReport[]): string {
  return `${boards.length === 1 ? '1 board' : `${boards.length} boards`}: ${standingsText(boards)}`;
}

function imagesText(images: readonly ImageReport[]): string {
  const count = (wanted: ImageReport['state']) => images.filter(({ state }) => state === wanted).length;
  const [wrong, incomplete] = [count('wrong'), count('incomplete')];
  const ready = images.length - wrong - incomplete;
  return [
    ready === 1 ? '1 image ready' : `${ready} images ready`,
    ...(wrong > 0 ? [`${wrong} wrong`] : []),
    ...(incomplete > 0 ? [`${incomplete} incomplete`] : []),
  ].join(', ');
}

/** The progress of a download: how far, how fast, and how long it has left. */
export function progressText({ sentBytes, totalBytes, bytesPerSecond, stalledMs }: ProgressReport): string {
  const percent = totalBytes === 0 ? 0 : Math.floor((sentBytes * 100) / totalBytes);
  if (stalledMs !== undefined) return `${percent} %, stalled for ${Math.floor(stalledMs / 1000)} s`;
  const left = bytesPerSecond === 0 ? '' : `, ${Math.ceil((totalBytes - sentBytes) / bytesPerSecond)} s left`;
  return `${percent} %, ${bytesText(bytesPerSecond)}/s${left}`;
}

/** An image's state in words, and whether another build than the newest is served. */
export function imageText(image: ImageReport): string {
  const { inPlaceOf } = image;
  const text = imageStateText(image);
  if (inPlaceOf === undefined) return text;
  const { newest, by, atMs, why } = inPlaceOf;
  const chosen = `chosen by ${by}, ${timeText(atMs)}${why === undefined ? '' : ` (${why})`}`;
  return `${text}; an earlier build, in place of the newest, ${buildText(newest)}: ${chosen}`;
}

function imageStateText({ state, reason = '' }: ImageReport): string {
  switch (state) {
    case 'ready':
      return 'ready, not verified yet';
    case 'verified':
      return 'ready, verified';
    case 'foreign':
      return `ready, not verified: ${reason}`;
    case 'incomplete':
      return incompleteText(reason);
    case 'wrong':
      return wrongText(reason);
  }
}

/** A board's state in words. */
export function boardText({ state, download, before }: BoardReport): string {
  switch (state.kind) {
    case 'waiting':
      return before === undefined ? 'queued' : waitingText(before);
    case 'downloading':
      return download === undefined ? 'downloading' : `downloading ${progressText(download)}`;
    case 'broken off':
      return brokenOffText(state, bytesText(state.atByte), bytesText(state.ofBytes));
    case 'refused':
      return state.reason;
    case 'silent':
      return `silent since ${timeText(state.sinceMs)}`;
    default:
      return stateText(state);
  }
}

/** What a board asks for. */
export function wishText({ wish }: BoardReport): string {
  const { box, board, branch, version, image } = wish;
  return image ?? [box, board, branch, version].filter((part) => part !== undefined).join(' ');
}
