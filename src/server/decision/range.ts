import type { IncomingMessage } from 'node:http';

/** The bytes `start` to `end`, both included, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The headers of a request that ask for a part, or only for what changed. */
export interface Conditions {
  readonly range?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifRange?: string | undefined;
}

/** How to answer a GET with conditions. */
export type Selection =
  | { readonly status: 200 }
  | { readonly status: 206; readonly range: ByteRange }
  | { readonly status: 304 }
  | { readonly status: 412 }
  | { readonly status: 416 };

/**
 * Evaluates the conditions in the order of RFC 9110, section 13.2.2, for a representation of `length` bytes with the
 * strong entity tag `etag` (quotes included). Dates are not looked at: an image's time proves nothing about it.
 */
export function selectBytes(conditions: Conditions, etag: string, length: number): Selection {
  const { range, ifMatch, ifNoneMatch, ifRange } = conditions;
  if (ifMatch !== undefined && !matchesAny(ifMatch, etag, 'strong')) return { status: 412 };
  if (ifNoneMatch !== undefined && matchesAny(ifNoneMatch, etag, 'weak')) return { status: 304 };
  if (range === undefined || (ifRange !== undefined && ifRange.trim() !== etag)) return { status: 200 };
  return selectRange(range, length);
}

/** RFC 9110, section 8.8.3: an opaque tag in quotes, marked weak by `W/`. */
const ENTITY_TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

function matchesAny(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  for (const [, weak, tag] of list.matchAll(ENTITY_TAG)) {
    if (tag === etag && (weak === undefined || comparison === 'weak')) return true;
  }
  return false;
}

/** RFC 9110, section 14.1.2: `bytes=first-last`, `bytes=first-` or `bytes=-suffix-length`. */
const SINGLE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/** Anything but one well-formed range of bytes is ignored, as section 14.2 allows: the answer is then the whole. */
function selectRange(header: string, length: number): Selection {
  const [, first, last] = SINGLE_RANGE.exec(header) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { status: 200 };
  if (first === '') {
    const suffix = Number(last);
    if (suffix === 0 || length === 0) return { status: 416 };
    return { status: 206, range: { start: Math.max(0, length - suffix), end: length - 1 } };
  }
  const start = Number(first);
  const end = last === '' ? length - 1 : Number(last);
  if (last !== '' && end < start) return { status: 200 };
  if (start >= length) return { status: 416 };
  return { status: 206, range: { start, end: Math.min(end, length - 1) } };
}

/** RFC 9110, section 14.2: Range means nothing but in a GET. */
export function conditionsOf({ headers, method }: IncomingMessage): Conditions {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const range = method === 'GET' ? headers.range : undefined;
  const ifRange = headers['if-range'];
  return { range, ifMatch, ifNoneMatch, ifRange: typeof ifRange === 'string' ? ifRange : undefined };
}
