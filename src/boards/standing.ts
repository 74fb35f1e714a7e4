import { ENGLISH, type Words } from '../words.ts';
import type { BoardState } from './board.ts';
import { isOnItsWay } from './next-image.ts';

/** What tells where a board stands. */
export interface CountedBoard {
  readonly state: { readonly kind: BoardState['kind'] };
  readonly isHeld: boolean;
  /** Whether it would now get a build that differs from the one it reports. */
  readonly isBehind: boolean;
}

/** Where a board stands, as far as boards are counted by it. */
export type Standing =
  | 'current'
  | 'different'
  | 'updating'
  | 'held'
  | 'overdue'
  | 'looping'
  | 'refused'
  | 'broken off'
  | 'silent';

/** In the order in which they are told. */
const STANDINGS: readonly Standing[] = [
  'current',
  'different',
  'updating',
  'held',
  'overdue',
  'looping',
  'refused',
  'broken off',
  'silent',
];

/** Where boards stand that need someone to look at them. */
const PROBLEMS: ReadonlySet<Standing> = new Set(['overdue', 'looping', 'refused', 'broken off']);

/** Problems first, then the others; both in the order in which they are told. */
export const STANDINGS_BY_URGENCY: readonly Standing[] = [
  ...STANDINGS.filter((standing) => PROBLEMS.has(standing)),
  ...STANDINGS.filter((standing) => !PROBLEMS.has(standing)),
];

/** How many boards stand where, in short: "27 current · 2 updating · 1 overdue". Empty without boards. */
export function standingsText(
  boards: readonly CountedBoard[],
  words: Words = ENGLISH,
  order: readonly Standing[] = STANDINGS,
): string {
  const counts = new Map<Standing, number>();
  for (const board of boards) {
    const standing = standingOf(board);
    counts.set(standing, (counts.get(standing) ?? 0) + 1);
  }
  return order
    .flatMap((standing) => {
      const count = counts.get(standing);
      return count === undefined ? [] : [countText(standing, count, words)];
    })
    .join(' · ');
}

/** The same of those only that need someone to look at them: "1 overdue · 2 refused". Empty without such boards. */
export function problemsText(boards: readonly CountedBoard[], words: Words = ENGLISH): string {
  return standingsText(
    boards.filter((board) => PROBLEMS.has(standingOf(board))),
    words,
  );
}

/** Those that need someone to look at them first, then the others; each as they were. */
export function problemsFirst<Any extends Pick<CountedBoard, 'state'>>(boards: readonly Any[]): readonly Any[] {
  const problems = boards.filter(isProblem);
  return problems.length === 0 ? boards : [...problems, ...boards.filter((board) => !isProblem(board))];
}

function isProblem({ state: { kind } }: Pick<CountedBoard, 'state'>): boolean {
  return kind === 'overdue' || kind === 'reflashing' || kind === 'refused' || kind === 'broken off';
}

/** Where a board is counted. */
export function standingOf({ state, isHeld, isBehind }: CountedBoard): Standing {
  if (isOnItsWay(state)) return 'updating';
  if (isHeld) return 'held';
  switch (state.kind) {
    case 'held':
    case 'withheld':
      return 'held';
    case 'reflashing':
      return 'looping';
    case 'overdue':
    case 'refused':
    case 'broken off':
    case 'silent':
      return state.kind;
    default:
      return isBehind ? 'different' : 'current';
  }
}

function countText(standing: Standing, count: number, words: Words): string {
  switch (standing) {
    case 'current':
      return words.t('{0} current', count);
    case 'different':
      return count === 1 ? words.t('1 with a different build') : words.t('{0} with different builds', count);
    case 'updating':
      return words.t('{0} updating', count);
    case 'held':
      return words.t('{0} held', count);
    case 'overdue':
      return words.t('{0} overdue', count);
    case 'looping':
      return words.t('{0} looping', count);
    case 'refused':
      return words.t('{0} refused', count);
    case 'broken off':
      return words.t('{0} broken off', count);
    case 'silent':
      return words.t('{0} silent', count);
  }
}
