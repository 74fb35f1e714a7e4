import { systemErrorCode } from '../errors.ts';

/** The result of a failed look at a folder. */
export type Failure =
  /** It does not exist, or is no folder. */
  | { readonly kind: 'absent'; readonly hasChanged: boolean }
  /** It exists, and can't be read for now. `isKept`: the last seen state still counts. */
  | { readonly kind: 'unreadable'; readonly hasChanged: boolean; readonly isKept: boolean };

const ABSENT_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Whether a system's error code says that a folder does not exist, or is none; else it can't be read for now. */
export function isAbsence(code: string): boolean {
  return ABSENT_CODES.has(code);
}

/** For a `catch` where what is absent is no error. @throws what else it is given */
export function unlessAbsent(error: unknown): undefined {
  const code = systemErrorCode(error);
  if (code === undefined || !isAbsence(code)) throw error;
}

/** A time in which a folder can't be read. The last seen state is kept at first: most such times are short. */
export class Outage {
  readonly #keepMs: number;
  #began: { readonly code: string; readonly atMs: number; readonly isKept: boolean } | undefined;

  /** `keepMs`: how long what was seen is kept. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** The system's name for the reason; undefined while the folder can be read, or is absent. */
  get code(): string | undefined {
    return this.#began?.code;
  }

  /** Whether what was seen before still stood at the last look. */
  get isKept(): boolean {
    return this.#began?.isKept ?? true;
  }

  /**
   * A look failed with `error`. `mayBeAbsent`: it is no outage if the folder is not there.
   * @throws `error` when it is none of the system's.
   */
  begin(error: unknown, mayBeAbsent = true): Failure {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (mayBeAbsent && isAbsence(code)) return { kind: 'absent', hasChanged: this.end() };
    const before = this.#began;
    const nowMs = performance.now();
    const atMs = before?.atMs ?? nowMs;
    const isKept = nowMs - atMs < this.#keepMs;
    this.#began = { code, atMs, isKept };
    return { kind: 'unreadable', hasChanged: before?.code !== code || before.isKept !== isKept, isKept };
  }

  /** A look succeeded; whether that ended an outage. */
  end(): boolean {
    const hadBegun = this.#began !== undefined;
    this.#began = undefined;
    return hadBegun;
  }
}
