/** What the command ends with where what was asked can't be done here and now, or the answer to it is no. */
export const RUN_TIME_ERROR = 1;

/** Where what was asked makes no sense. */
export const USAGE_ERROR = 2;

/** Where 1 is an answer, and what was asked can't be done: as diff(1) has it. */
const TROUBLE = 2;

/** Subcommands of which 1 is an answer. */
const ANSWERING = new Set(['diff', 'try']);

/** What a subcommand ends with where it could not do what was asked. */
export function failureStatus(name: string | undefined): number {
  return name !== undefined && ANSWERING.has(name) ? TROUBLE : RUN_TIME_ERROR;
}
