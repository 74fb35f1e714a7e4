/** What the command ends with where what was asked can't be done here and now, or the answer to it is no. */
export const RUN_TIME_ERROR = 1;

/** Where what was asked makes no sense. */
export const USAGE_ERROR = 2;

/** Where what was to be tried could not be. */
export const TROUBLE = 2;
