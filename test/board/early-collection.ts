/**
 * What has V8 collect old garbage early, and end a program that holds more than that (`node --v8-options`). Without it
 * garbage piles up to some 200 MB before it is first collected, and a test of a program's memory tells nothing.
 */
export const COLLECT_EARLY = '--max-old-space-size=48';
