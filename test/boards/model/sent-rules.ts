import type { Board } from '../../../src/boards/board.ts';
import { STALE_MS } from '../../../src/boards/replaced-roll-outs.ts';
import type { RollOut } from '../../../src/boards/roll-out.ts';
import type { BoardReport } from '../../../src/status/report.ts';
import type { Sent } from './site.ts';
import { IMAGES, type Ordered, type RealBoard, short, type Truth } from './truth.ts';

/** A request of a board, and what was known when it asked and afterwards. */
export interface Request {
  readonly real: RealBoard;
  readonly sent: Sent;
  /** What people had ordered. */
  readonly ordered: Ordered;
  /** What the status said of the board before, if that knew it. */
  readonly report: BoardReport | undefined;
  /** Its record afterwards. */
  readonly board: Board;
  /** What is rolled out of the image that it asks for, before and after; undefined where no roll-out is in force. */
  readonly before: RollOut | undefined;
  readonly after: RollOut | undefined;
  /** Whether a build can be sent: it is the newest, or kept. */
  readonly isThere: (image: string, build: string) => boolean;
  readonly nowMs: number;
}

/** What is wrong with what a board was sent, by docs/assignment.md and docs/status.md. */
export function wrongSent(request: Request, truth: Truth): string | undefined {
  return wrongBuild(request, truth) ?? wrongReport(request);
}

function wrongBuild(request: Request, truth: Truth): string | undefined {
  const { real, sent, ordered, board, isThere } = request;
  const { image, build } = sent;
  if (ordered.isHeld) return build === undefined && sent.status === 200 ? undefined : 'it is on hold';
  if (build === real.runs) return 'it runs that already';
  if (image !== undefined && IMAGES.find(({ id }) => id === image)?.type !== real.type)
    return 'that is for another kind';
  const wanted = truth.wantedBy(real);
  const asIs = ordered.once?.image ?? ordered.pin?.image ?? wanted;
  const pinned = ordered.once?.image === undefined ? ordered.pin?.build : undefined;
  const due = pinned ?? truth.served(asIs);
  if (build !== undefined && (image !== asIs || build !== due)) return `it is to get ${short(due)} of ${asIs}`;
  const isOrdered = ordered.once !== undefined || ordered.pin !== undefined || truth.choices.has(asIs);
  const isTurn = isOrdered || isLetIn(request, due);
  if (build !== undefined) return isTurn ? undefined : 'it is not its turn';
  const [last] = board.history;
  const mayLoop = last?.build === due && last.times >= 3 && ordered.once === undefined;
  if (!isTurn || mayLoop || real.runs === due || !isThere(asIs, due)) return undefined;
  return `it got nothing, and should get ${short(due)} of ${asIs}`;
}

/** For a minute after a build was replaced, another one that is there again goes to some boards or to none. */
function isLetIn({ after, board, sent, nowMs }: Request, due: string): boolean {
  if (after === undefined) return true;
  if (after.build !== due) return sent.build !== undefined && nowMs - after.startedAtMs < STALE_MS;
  return after.state.kind === 'finished' || after.members.some((member) => member.board === board.id);
}

/** What the status said of the board before it asked, against what it was sent. */
function wrongReport({ report, sent, real, before, after, board }: Request): string | undefined {
  if (report === undefined) return undefined;
  const { gets, assignment = '', isBehind, reportedBuild, state } = report;
  const isSent = sent.build !== undefined;
  const told = `the status said "${gets}", "${assignment}"`;
  if (isSent && (gets === 'held' || gets === 'build missing')) return told;
  if (isSent && gets === 'build' && !assignment.includes(`build ${short(sent.build)} of`)) return told;
  if (isSent && gets === 'image' && !assignment.includes(`gets ${sent.image?.split('/')[1]}`)) return told;
  if (reportedBuild !== real.runs) return undefined; // it was said of the build that it ran before
  if (isSent && gets === 'loop stopped') return told;
  const wasIn = before?.members.some((member) => member.board === board.id) === true;
  if (isSent && gets === 'not its turn' && wasIn && before?.state === after?.state) return told;
  if (isSent && !isBehind && state.kind !== 'flashing') return 'the status said that it was not behind';
  const isKeptBack = !['newest', 'build', 'image'].includes(gets) || before !== after;
  if (!isSent && sent.status === 200 && isBehind && !isKeptBack) return 'the status said that it was behind';
  return undefined;
}
