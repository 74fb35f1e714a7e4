/** What a trial calls itself in its `User-Agent`, so that no server of ours takes it for a board. */
export const TRIAL_AGENT = 'mkbox-trial';

/** Whether a request with these `headers`, names and values in turn, is a trial: it asks as a board does, and is none. */
export function isTrial(headers: readonly string[]): boolean {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'user-agent');
  return at >= 0 && headers[at + 1] === TRIAL_AGENT;
}
