/** What happens to moments that were recorded, when the clock is set. */
export interface Move {
  /** Those from then on were recorded by the clock as it was, by this process. What was kept before is left as it is. */
  readonly fromMs: number;
  readonly byMs: number;
  /** Now, by the clock as it is: nothing that was recorded is later. */
  readonly nowMs: number;
}

/** Names of members that are moments; others, such as `waitMs`, are spans of time. */
const MOMENT = /^(at|since|from|heard|(started|given|confirmed)At|(first|last)Seen)Ms$/;

/** `value` with its moments moved, at any depth; what has none to move is the same object as before. */
export function moved<T>(value: T, move: Move): T {
  if (typeof value !== 'object' || value === null) return value;
  const members: [string, unknown][] = Object.entries(value);
  const after = members.map(([name, member]): [string, unknown] => [name, movedMember(name, member, move)]);
  if (after.every(([, member], at) => member === members[at]?.[1])) return value;
  return (Array.isArray(value) ? after.map(([, member]) => member) : Object.fromEntries(after)) as T;
}

function movedMember(name: string, member: unknown, move: Move): unknown {
  if (typeof member !== 'number' || !MOMENT.test(name)) return moved(member, move);
  return Math.max(0, Math.min(move.nowMs, member >= move.fromMs ? member + move.byMs : member));
}

/** The latest moment in `value`; before all of them where there is none. */
export function latestMoment(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Number.NEGATIVE_INFINITY;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const [name, member] of Object.entries(value)) {
    const isMoment = typeof member === 'number' && MOMENT.test(name);
    latestMs = Math.max(latestMs, isMoment ? member : latestMoment(member));
  }
  return latestMs;
}
