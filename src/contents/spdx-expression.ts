import { SPDX_IDS } from './spdx-ids.ts';

/** No package has a licence as long; each bracket is a call. */
const LONGEST_EXPRESSION = 1000;

const OWN_LICENSE = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/;

/** Whether it is a licence expression (SPDX specification 2.3, annex D): identifiers that exist, joined as they may be. */
export function isSpdxExpression(text: string): boolean {
  if (text.length > LONGEST_EXPRESSION) return false;
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  return endOfAlternatives(tokens, 0) === tokens.length;
}

/** Where the alternatives that begin at `at` end; undefined where there are none. AND binds closer than OR, which does not matter here. */
function endOfAlternatives(tokens: readonly string[], at: number): number | undefined {
  let end = endOfTerm(tokens, at);
  while (end !== undefined && (tokens[end] === 'AND' || tokens[end] === 'OR')) end = endOfTerm(tokens, end + 1);
  return end;
}

function endOfTerm(tokens: readonly string[], at: number): number | undefined {
  const token = tokens[at];
  if (token === '(') {
    const end = endOfAlternatives(tokens, at + 1);
    return end !== undefined && tokens[end] === ')' ? end + 1 : undefined;
  }
  if (token === undefined || !isLicense(token)) return undefined;
  if (tokens[at + 1] !== 'WITH') return at + 1;
  const exception = tokens[at + 2];
  return exception !== undefined && SPDX_IDS.has(exception) ? at + 3 : undefined;
}

/** `+`: or any later version. */
function isLicense(token: string): boolean {
  return SPDX_IDS.has(token) || SPDX_IDS.has(token.replace(/\+$/, '')) || OWN_LICENSE.test(token);
}
