import type { Board, BoardState, GivenBuild } from './board.ts';
import { MOST_HISTORY, MOST_TAGS } from './limits.ts';

/**
 * Merges two records of one board, which asked from an address whose MAC was not known yet: identity comes from the
 * `earlier` one, state from the `later` one.
 */
export function sameBoard(earlier: Board, later: Board): Board {
  const mac = earlier.mac ?? later.mac;
  const name = earlier.name ?? later.name;
  const tags = [...new Set([...(earlier.tags ?? []), ...(later.tags ?? [])])].sort().slice(0, MOST_TAGS);
  const { state, reportedBuild, lastSeenMs } = later;
  const [last, ...before] = earlier.history;
  const isConfirmed = last !== undefined && last.confirmedAtMs === undefined && reportedBuild === last.build;
  const history = isConfirmed ? [{ ...last, confirmedAtMs: lastSeenMs }, ...before] : earlier.history;
  const confirmed: BoardState | undefined =
    isConfirmed && (state.kind === 'checking' || state.kind === 'up to date')
      ? { kind: 'confirmed', sinceMs: state.sinceMs, build: last.build }
      : undefined;
  return {
    ...later,
    id: earlier.id,
    ...(mac === undefined ? {} : { mac }),
    ...(name === undefined ? {} : { name }),
    firstSeenMs: Math.min(earlier.firstSeenMs, later.firstSeenMs),
    isHeld: earlier.isHeld || later.isHeld,
    ...kept('held', later, earlier),
    ...kept('pin', later, earlier),
    ...kept('once', later, earlier),
    ...kept('isShared', later, earlier),
    ...(tags.length === 0 ? {} : { tags }),
    history: oneHistory(later.history, history),
    state: confirmed ?? state,
  };
}

/** The member of `one`, else that of `other`, if either has it. */
function kept<K extends 'held' | 'pin' | 'once' | 'isShared'>(
  key: K,
  one: Board,
  other: Board,
): Pick<Board, K> | object {
  const value = one[key] ?? other[key];
  return value === undefined ? {} : { [key]: value };
}

/** Merges two histories, newest first. The last of one and the first of the other may be one build in a row. */
function oneHistory(later: readonly GivenBuild[], earlier: readonly GivenBuild[]): readonly GivenBuild[] {
  const first = later.at(-1);
  const [last, ...before] = earlier;
  const isAgain = first !== undefined && first.build === last?.build && last.confirmedAtMs === undefined;
  if (!isAgain) return [...later, ...earlier].slice(0, MOST_HISTORY);
  return [...later.slice(0, -1), { ...first, times: first.times + last.times }, ...before].slice(0, MOST_HISTORY);
}
