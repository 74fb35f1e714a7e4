/** What apk prints of packages that it can't install. */
import { stripVTControlCharacters } from 'node:util';

/** A package that apk can't install, as `apks` names it. */
export interface FailedPackage {
  readonly name: string;
  /** There is none of that name; else it can't be installed along with the others. */
  readonly isUnknown: boolean;
  /** Where the line has its name. */
  readonly start: number;
}

/** `foo (no such package):`, `required by: world[foo]`, `breaks: world[foo>9]`: what is asked for is the "world". */
const NAMED = /(?<=^\s+)[^\s(]+(?= \(no such package\))|(?<=\bworld\[)[^\]\s]+(?=\])/g;

/** The packages that a line of apk's errors names. */
export function failedPackages(line: string): FailedPackage[] {
  const isUnknown = line.includes(' (no such package)');
  return [...line.matchAll(NAMED)].map(({ index, 0: name }) => ({ name, isUnknown, start: index }));
}

/** A longer line is none of apk's errors. */
const LONGEST_LINE = 4_096;

/** Collects the packages that apk can't install from what a terminal gets, in pieces. */
export class ApkErrors {
  readonly #unknown = new Map<string, boolean>();
  #rest = '';

  /** The next piece of the output. */
  add(piece: string): void {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) {
      for (const { name, isUnknown } of failedPackages(stripVTControlCharacters(line))) {
        this.#unknown.set(name, isUnknown || this.#unknown.get(name) === true);
      }
    }
  }

  /** By their names: whether there is no such package. */
  get packages(): ReadonlyMap<string, boolean> {
    return this.#unknown;
  }
}
