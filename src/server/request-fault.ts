import { ENGLISH, type Words } from '../words.ts';
import { MAX_TARGET_LENGTH, MOST_HEADERS } from './limits.ts';

/** What is wrong with a request itself, whatever it asks for. */
export const REQUEST_FAULTS = [
  'headers',
  'hosts',
  'host',
  'authority',
  'length',
  'form',
  'backslash',
  'dots',
  'percent sign',
  'method',
  'foreign page',
  'expectation',
] as const;

export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** The HTTP status that answers such a request. */
export function requestFaultStatus(fault: RequestFault): number {
  switch (fault) {
    case 'headers':
      return 431;
    case 'length':
      return 414;
    case 'method':
      return 405;
    case 'foreign page':
      return 403;
    case 'expectation':
      return 417;
    default:
      return 400;
  }
}

/** What is wrong with it, in words. */
export function requestFaultText(fault: RequestFault, words: Words = ENGLISH): string {
  switch (fault) {
    case 'headers':
      return words.t('the request has more than {0} headers', MOST_HEADERS);
    case 'hosts':
      return words.t('the request must have exactly one Host header');
    case 'host':
      return words.t('the Host header is not a host, or a host and a port');
    case 'authority':
      return words.t('what the request names as the host is not a host, or a host and a port');
    case 'length':
      return words.t('the request is longer than {0} characters', MAX_TARGET_LENGTH);
    case 'form':
      return words.t('the request must name a path that begins with a slash, percent-encoded');
    case 'backslash':
      return words.t('a backslash in the path must be percent-encoded, as %5C');
    case 'dots':
      return words.t('the path must not hold . or ..');
    case 'percent sign':
      return words.t('a percent sign in the request is not followed by the hexadecimal digits of UTF-8');
    case 'method':
      return words.t('only GET and HEAD are answered here');
    case 'foreign page':
      return words.t('pages of other sites may not ask here');
    case 'expectation':
      return words.t('the request expects (Expect) something other than 100-continue');
  }
}
