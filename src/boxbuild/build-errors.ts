/** What a build prints of errors that name no file: apk's, of packages, and bash's, in what it was handed as text. */
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

/**
 * mkbox hands the functions of extended BOXBUILDs, and each build(), to bash as text: errors name that in place of the file,
 * and lines in it. A command that is in no file is not found wherever it stands.
 */
const UNKNOWN_COMMAND = /^(?:\/dev\/fd\/\d+|environment): line \d+: (\S+): command not found$/;

/** A longer line is none of these errors. */
const LONGEST_LINE = 4_096;

/** Collects the errors in what a terminal gets, in pieces. */
export class BuildErrors {
  readonly #packages = new Map<string, boolean>();
  readonly #commands = new Set<string>();
  #rest = '';

  /** The next piece of the output. */
  add(piece: string): void {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) this.#addLine(stripVTControlCharacters(line));
  }

  #addLine(line: string): void {
    for (const { name, isUnknown } of failedPackages(line)) {
      this.#packages.set(name, isUnknown || this.#packages.get(name) === true);
    }
    const command = UNKNOWN_COMMAND.exec(line)?.[1];
    if (command !== undefined) this.#commands.add(command);
  }

  /** Packages that apk can't install, by their names: whether there is no such package. */
  get packages(): ReadonlyMap<string, boolean> {
    return this.#packages;
  }

  /** Commands that bash did not find, in a file that it does not name. */
  get commands(): ReadonlySet<string> {
    return this.#commands;
  }
}
