import { shortBuildId } from '../images/build-id.ts';
import { printable } from '../printable.ts';
import type { Reflash } from './board-registry.ts';

/** The reflash in English, in one line, with what to look for. What the board reports may be anything. */
export function reflashText({ board: { address, history }, state: { build, times, reported } }: Reflash): string {
  const image = history[0]?.image ?? '';
  return (
    `the board ${address} downloaded build ${shortBuildId(build)} of ${image} ${times} times in a row and still ` +
    `reports ${printable(shortBuildId(reported))}: it flashes itself at every boot. Does it boot from the storage that it writes to, and is that whole?`
  );
}
