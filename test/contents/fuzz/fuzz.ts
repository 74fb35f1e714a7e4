import { numbersFrom } from './random.ts';
import type { Subject } from './subjects.ts';

/** One damage in so many is a cut; the others change some bytes. */
const CUT_EVERY = 8;
const MOST_FLIPS = 8;
/** Values that numbers are read from as the largest, the smallest, or another sign. */
const EDGES = [0x00, 0xff, 0x7f, 0x80, 0x01];

/**
 * Damages the subjects, one after another, for so long, and looks at each damaged one. Answers how often.
 * @throws an error that names the seed, the round and the subject where a look throws what it should not, or takes long.
 */
export async function fuzz(subjects: readonly Subject[], durationMs: number, seed: number): Promise<number> {
  const places = new Map(subjects.map((subject) => [subject, placesOf(subject)]));
  const end = performance.now() + durationMs;
  for (let round = 0; ; round++) {
    for (const subject of subjects) {
      if (performance.now() > end) return round;
      await lookDamaged(subject, places.get(subject) ?? [], numbersFrom(seed + round), `seed ${seed}, round ${round}`);
    }
  }
}

async function lookDamaged(
  { name, bytes, look }: Subject,
  places: readonly number[],
  next: (limit: number) => number,
  when: string,
): Promise<void> {
  const isCut = next(CUT_EVERY) === 0;
  const at = Array.from({ length: isCut ? 1 : 1 + next(MOST_FLIPS) }, () => places[next(places.length)] ?? 0);
  const kept = at.map((place) => bytes[place] ?? 0);
  if (!isCut) for (const place of at) bytes[place] = next(2) === 0 ? next(256) : (EDGES[next(EDGES.length)] ?? 0);
  try {
    const damaged = isCut ? bytes.subarray(0, at[0]) : bytes;
    await look(damaged);
  } catch (error) {
    throw new Error(`${name}: ${when}`, { cause: error });
  } finally {
    for (const [index, place] of [...at.entries()].reverse()) bytes[place] = kept[index] ?? 0;
  }
}

/** Bytes that are not zero; and zeros behind them, which may belong to a number, too. */
function placesOf({ bytes, start, end }: Subject): number[] {
  const places: number[] = [];
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 0 || (at > start && bytes[at - 1] !== 0)) places.push(at);
  }
  return places;
}
