import type { Site } from './site.ts';

/** A set that something was done to, and what becomes of a board that asks for it. */
export interface Row {
  /** What was done, as the end of a sentence: "a board boots on, untouched, when …". */
  readonly name: string;
  readonly expected: Expected;
  /** Does it to a box of its own, whose first build is complete. */
  readonly make: (site: Site) => Promise<void>;
  /** What goes on while boards ask, until it is disposed. */
  readonly meanwhile?: (site: Site) => AsyncDisposable;
  /** The box's name, where it matters, without the number that each gets. */
  readonly box?: string;
}

export type Expected =
  | { readonly kind: 'flashed'; readonly build: 'first' | 'second' }
  | {
      readonly kind: 'refused';
      readonly status: number;
      /** What the answer's one line, and the log's, tells. */
      readonly line: RegExp;
      /** Whether the answer says when to ask again. */
      readonly isSettling: boolean;
    };

export const FLASHED_FIRST: Expected = { kind: 'flashed', build: 'first' };
export const FLASHED_SECOND: Expected = { kind: 'flashed', build: 'second' };

/** The set cannot be right as it is: 409. */
export function wrong(line: RegExp): Expected {
  return { kind: 'refused', status: 409, line, isSettling: false };
}

/** The set may be right in a moment: 503. */
export function settling(line: RegExp): Expected {
  return { kind: 'refused', status: 503, line, isSettling: true };
}

/** Something is missing of the set: 404. */
export function incomplete(line: RegExp): Expected {
  return { kind: 'refused', status: 404, line, isSettling: false };
}

export const OTHER_DIGEST: Expected = settling(/\.img\.zst doesn't match its \.img\.sha256/);
export const OTHER_BUILD_ID: Expected = wrong(
  /the image says that it is build \w{7}, and its \.img\.buildID says \w{7}/,
);
export const NO_CHECKSUM: Expected = incomplete(
  /\.img\.sha256 has no line for .*\.img\.zst: run sha256sum on both files/,
);
export const OTHER_FORM: Expected = incomplete(
  /\.img\.sha256, line 2: boards read a digest, two spaces and the file name/,
);
export const IS_UTF_16: Expected = incomplete(/\.img\.sha256 is in UTF-16/);
export const NO_BUILD_ID: Expected = incomplete(/\.img\.buildID does not begin with 64 hexadecimal digits/);
