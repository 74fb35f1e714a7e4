import type { Assignment, Until } from '../boards/assignment.ts';
import { assignmentText } from '../boards/assignment-text.ts';
import type { Board, BoardState } from '../boards/board.ts';
import { isBehind } from '../boards/next-image.ts';
import { progressOf } from '../boards/progress.ts';
import type { RollOuts } from '../boards/roll-outs.ts';
import { refusedText } from '../boards/state-text.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import { findingText, gapText } from '../checks/finding-text.ts';
import type { ImageChecks } from '../checks/image-checks.ts';
import { isVerified } from '../checks/judgement.ts';
import type { CatalogImage, CatalogSnapshot, Replaced } from '../images/catalog.ts';
import { faultText } from '../images/set-fault-text.ts';
import type { ArmedFault } from '../server/faults.ts';
import { faultForm, faultOrderText } from '../server/sending/fault.ts';
import type { Transfer } from '../server/transfer.ts';
import type { RecentRequest, RecentRequests } from './recent-requests.ts';
import { type RollOutReport, reportRollOuts } from './roll-out-report.ts';

/** The format's version: it changes when a member's meaning does. New members may come without that. */
export const REPORT_FORMAT = 1;

/** What is served, to whom, and the outcome. Times are milliseconds since 1970, sizes bytes. It can be written as JSON. */
export interface StatusReport {
  readonly format: typeof REPORT_FORMAT;
  readonly server: { readonly name: 'mkbox'; readonly version: string; readonly startedAtMs: number };
  /** Present while a fault on purpose is in force. */
  readonly fault?: FaultReport;
  readonly images: readonly ImageReport[];
  readonly boards: readonly BoardReport[];
  readonly rollOuts: readonly RollOutReport[];
  /** Requests being answered now. */
  readonly running: readonly RunningReport[];
  /** Requests that ended, newest first. */
  readonly recent: readonly RecentRequest[];
}

/** A fault on purpose: as `--fault` has it, for one client or the next image, and as a line of English. */
export interface FaultReport {
  readonly kind: string;
  readonly client?: string;
  readonly untilMs: number;
  readonly text: string;
}

/**
 * An image: `ready` when it is complete, `verified` when it is also known to be valid, `foreign` when mkbox did not
 * make it and it is served all the same.
 */
export interface ImageReport {
  readonly id: string;
  readonly state: 'ready' | 'verified' | 'foreign' | 'incomplete' | 'wrong';
  readonly buildId?: string;
  /** Of the `.img.zst`. */
  readonly bytes?: number;
  readonly builtAtMs?: number;
  /** Why boards do not get it, or what is foreign about it. */
  readonly reason?: string;
  /** Present while an earlier build is served in place of the newest. `newest`: its build ID, of one that is complete. */
  readonly inPlaceOf?: { readonly newest?: string; readonly by: string; readonly atMs: number; readonly why?: string };
  /** The builds that are kept of it, the one kept last first; absent where none is. */
  readonly kept?: readonly { readonly buildId: string; readonly bytes: number; readonly keptAtMs: number }[];
}

/** A state in a report: `reason` is why a board got nothing, as a line of English. */
type StateReport = Exclude<BoardState, Refused> | (Omit<Refused, 'refusal'> & { readonly reason: string });
type Refused = Extract<BoardState, { kind: 'refused' }>;

/** A board, and the progress of its download, or its place in the queue. */
export interface BoardReport extends Omit<Board, 'state'> {
  readonly state: StateReport;
  /** What it gets, as a short name: that of the assignment, or of why it gets nothing. */
  readonly gets: Assignment['kind'] | Until['kind'];
  /** What it gets and why, as a line of English; absent where it is the newest of what it asks for. */
  readonly assignment?: string;
  /** Whether it would now get a build that differs from the one it reports. */
  readonly isBehind: boolean;
  readonly download?: ProgressReport;
  readonly before?: number;
}

export interface ProgressReport {
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** How long the client has acknowledged nothing; absent while it does. */
  readonly stalledMs?: number;
}

/** `before` is present while it is queued: how many are ahead. */
export interface RunningReport extends ProgressReport {
  readonly before?: number;
  readonly client: string;
  readonly target: string;
  /** The fault on purpose that it met, as `--fault` has it. */
  readonly fault?: string;
}

/** Knows the boards. */
export interface KnownBoards {
  readonly boards: readonly Board[];
  /** The transfer of a board that downloads now, or waits for its turn. */
  transferOf(id: string): Transfer | undefined;
  /** What a board gets, and why. */
  assignmentOf(board: Board, snapshot: CatalogSnapshot): Assignment;
  readonly rollOuts: Pick<RollOuts, 'list' | 'get' | 'progressOf'>;
}

/** What a report is made of. */
export interface ReportParts {
  readonly version: string;
  readonly startedAtMs: number;
  readonly snapshot: CatalogSnapshot;
  readonly checks: Pick<ImageChecks, 'judgement'>;
  readonly builds?: Pick<KeptBuilds, 'of'> | undefined;
  readonly boards: KnownBoards;
  readonly running: ReadonlySet<Transfer>;
  readonly recent: RecentRequests;
  readonly fault: ArmedFault | undefined;
}

/** Makes a report of the present state. Nothing is read from a disk. */
export function makeReport({
  version,
  startedAtMs,
  snapshot,
  checks,
  boards,
  builds,
  running,
  recent,
  fault,
}: ReportParts): StatusReport {
  return {
    format: REPORT_FORMAT,
    server: { name: 'mkbox', version, startedAtMs },
    ...(fault && { fault: reportFault(fault) }),
    images: reportImages(snapshot, checks, builds),
    boards: reportBoards(boards, snapshot),
    rollOuts: reportRollOuts(boards.rollOuts, boards.boards),
    running: [...running].map((transfer) => ({
      client: transfer.client,
      target: transfer.target,
      ...(transfer.fault && { fault: faultForm(transfer.fault) }),
      ...reportProgress(transfer),
      ...placeOf(transfer),
    })),
    recent: recent.list,
  };
}

/** The images of a snapshot, as a report has them. */
export function reportImages(
  { images }: CatalogSnapshot,
  checks: ReportParts['checks'],
  builds: ReportParts['builds'],
): ImageReport[] {
  return images.map((image) => ({ ...reportImage(image, checks), ...reportBuilds(image, builds) }));
}

/** The boards, as a report has them, where `snapshot` is what is served. */
export function reportBoards(boards: KnownBoards, snapshot: CatalogSnapshot): BoardReport[] {
  return boards.boards.map((board) => reportBoard(board, boards, snapshot));
}

function reportFault(armed: ArmedFault): FaultReport {
  const { fault, client, untilMs } = armed;
  return { kind: faultForm(fault), ...(client && { client }), untilMs, text: faultOrderText(armed) };
}

function reportImage({ id, image, state }: CatalogImage, checks: Pick<ImageChecks, 'judgement'>): ImageReport {
  if (state.kind === 'incomplete') return { id, state: 'incomplete', reason: faultText(state.fault) };
  const { buildId, zstBytes: bytes, builtAtMs } = state;
  const facts = { id, buildId, bytes, builtAtMs };
  const judgement = checks.judgement({ ...state, image, identity: state.zstIdentity });
  if (judgement === undefined) return { ...facts, state: 'ready' };
  const [gravest] = judgement.findings;
  const foreign = judgement.gaps.find(({ kind }) => kind === 'foreign');
  if (gravest === undefined && foreign !== undefined) return { ...facts, state: 'foreign', reason: gapText(foreign) };
  if (gravest === undefined) return { ...facts, state: isVerified(judgement) ? 'verified' : 'ready' };
  return { ...facts, state: 'wrong', reason: findingText(image, gravest) };
}

function reportBuilds({ id, inPlaceOf }: CatalogImage, builds: ReportParts['builds']) {
  const kept = builds?.of(id).map(({ buildId, bytes, keptAtMs }) => ({ buildId, bytes, keptAtMs })) ?? [];
  return { ...(inPlaceOf && { inPlaceOf: reportReplaced(inPlaceOf) }), ...(kept.length > 0 && { kept }) };
}

function reportReplaced({ newest, choice }: Replaced): NonNullable<ImageReport['inPlaceOf']> {
  const { by, atMs, why } = choice;
  const { state } = newest;
  return { by, atMs, ...(why !== undefined && { why }), ...(state.kind === 'ready' && { newest: state.buildId }) };
}

function reportBoard(board: Board, boards: KnownBoards, snapshot: CatalogSnapshot): BoardReport {
  const decided = boards.assignmentOf(board, snapshot);
  const assignment = assignmentText(decided);
  const gets = decided.kind === 'nothing' ? decided.until.kind : decided.kind;
  return { ...reportState(board, boards, snapshot), gets, ...(assignment !== undefined && { assignment }) };
}

function reportState(board: Board, boards: KnownBoards, snapshot: CatalogSnapshot): Omit<BoardReport, 'gets'> {
  const facts = { ...board, isBehind: isBehind(board, snapshot) };
  const transfer = boards.transferOf(board.id);
  const { state } = board;
  switch (state.kind) {
    case 'downloading':
      return { ...facts, state, ...(transfer && { download: reportProgress(transfer) }) };
    case 'waiting':
      return { ...facts, state, ...(transfer && placeOf(transfer)) };
    case 'refused': {
      const { refusal: _, ...plain } = state;
      return { ...facts, state: { ...plain, reason: refusedText(state) } };
    }
    default:
      return { ...facts, state };
  }
}

function placeOf({ state }: Transfer): { readonly before?: number } {
  return state.kind === 'running' && state.place !== undefined ? { before: state.place.before } : {};
}

function reportProgress(transfer: Transfer): ProgressReport {
  const { sentBytes, totalBytes, bytesPerSecond, stalledMs } = progressOf(transfer);
  return {
    sentBytes,
    totalBytes,
    bytesPerSecond: Math.round(bytesPerSecond),
    ...(stalledMs !== undefined && { stalledMs: Math.round(stalledMs) }),
  };
}
