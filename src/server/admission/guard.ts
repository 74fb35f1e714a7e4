import type { IncomingMessage } from 'node:http';
import { MAX_TARGET_LENGTH, MOST_HEADERS } from '../limits.ts';
import type { Refusal } from '../refusal.ts';
import { type Admission, isOpenToAll } from './admission.ts';
import { clientAddress } from './client-address.ts';
import type { Credentials } from './credentials.ts';
import { type HostAllowList, parseHost } from './hosts.ts';
import type { Networks } from './networks.ts';
import type { Target } from './target.ts';

/** RFC 9112, section 3.2.1: a path, perhaps with a query, in printable ASCII. */
const ORIGIN_FORM = /^\/[\x21-\x7e]*$/;

/** RFC 3986, section 3.3: no path holds one, and to some parsers it is a slash. */
const BACKSLASH_IN_PATH = /^[^?]*\\/;

/** RFC 3986, section 5.2.4: what a router would take out of a path, so that it and a reader of the target disagree. */
const DOT_SEGMENT = /^[^?]*\/(\.|%2e){1,2}([/?]|$)/i;

const MALFORMED_HOST: Refusal = { kind: 'request', fault: 'host' };

const MALFORMED_AUTHORITY: Refusal = { kind: 'request', fault: 'authority' };

/**
 * Why `request` is refused; undefined if it may be answered. Only the head is checked. If the target was admitted a
 * moment ago (`isKnownTarget`), only the rest of the head is.
 */
export function checkRequest(
  request: IncomingMessage,
  { path, authority }: Target,
  admission: Admission,
  isKnownTarget = false,
): Refusal | undefined {
  const { method, rawHeaders, httpVersion } = request;
  if (rawHeaders.length > 2 * MOST_HEADERS) return { kind: 'request', fault: 'headers' };
  const { hosts, proxies, allow, credentials } = admission;
  let host: string | undefined;
  let hostCount = 0;
  let origin: string | undefined;
  let fetchSite: string | undefined;
  let authorization: string | undefined;
  let authorizationCount = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1];
    switch (rawHeaders[index]?.toLowerCase()) {
      case 'host':
        host = value;
        hostCount++;
        break;
      case 'origin':
        origin = value;
        break;
      case 'sec-fetch-site':
        fetchSite = value;
        break;
      case 'authorization':
        authorization = value;
        authorizationCount++;
        break;
    }
  }
  const mayLackHost = httpVersion === '1.0'; // RFC 9112, section 3.2: load balancers' checks do
  if (hostCount > 1 || (hostCount === 0 && !mayLackHost)) {
    return { kind: 'request', fault: 'hosts' };
  }
  const isOpen = isOpenToAll(path);
  const asksProof = credentials !== undefined && !isOpen;
  return (
    (isKnownTarget ? undefined : refuseTarget(path)) ??
    (allow === undefined || isOpen ? undefined : refuseStranger(clientAddress(request, proxies), allow)) ??
    refuseHost(host, authority, hosts) ??
    refuseMethod(method) ??
    (asksProof ? refuseUnproven(authorizationCount > 1 ? '' : authorization, credentials) : undefined) ??
    refusePage(authority ?? host ?? '', origin, fetchSite)
  );
}

function refuseTarget(target: string): Refusal | undefined {
  if (target.length > MAX_TARGET_LENGTH) {
    return { kind: 'request', fault: 'length' };
  }
  if (!ORIGIN_FORM.test(target)) {
    return { kind: 'request', fault: 'form' };
  }
  if (BACKSLASH_IN_PATH.test(target)) {
    return { kind: 'request', fault: 'backslash' };
  }
  if (DOT_SEGMENT.test(target)) return { kind: 'request', fault: 'dots' };
  if (!target.includes('%')) return undefined;
  try {
    decodeURIComponent(target);
    return undefined;
  } catch {
    return { kind: 'request', fault: 'percent sign' };
  }
}

function refuseStranger(client: string, allow: Networks): Refusal | undefined {
  return allow.includes(client) ? undefined : { kind: 'not allowed', client };
}

function refuseUnproven(authorization: string | undefined, credentials: Credentials): Refusal | undefined {
  const proof = credentials.check(authorization);
  return proof === 'right' ? undefined : { kind: 'not proven', proof };
}

/** RFC 9112, section 3.2.2: where the target names a host, what `Host` says does not count, but must be a host. */
function refuseHost(
  header: string | undefined,
  authority: string | undefined,
  hosts: HostAllowList,
): Refusal | undefined {
  if (authority !== undefined) {
    return header !== undefined && parseHost(header) === undefined
      ? MALFORMED_HOST
      : refuseName(authority, hosts, MALFORMED_AUTHORITY);
  }
  return header === undefined ? undefined : refuseName(header, hosts, MALFORMED_HOST);
}

function refuseName(name: string, hosts: HostAllowList, malformed: Refusal): Refusal | undefined {
  switch (hosts.check(name)) {
    case 'allowed':
      return undefined;
    case 'malformed':
      return malformed;
    case 'foreign':
      return { kind: 'foreign host', name: parseHost(name) ?? name };
  }
}

function refuseMethod(method: string | undefined): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return { kind: 'request', fault: 'method' };
}

/** Browsers say when another site's page asks (Fetch Metadata, and Origin of RFC 6454); no board sends either. */
function refusePage(host: string, origin: string | undefined, fetchSite: string | undefined): Refusal | undefined {
  const foreign = origin !== undefined && origin.replace(/^https?:\/\//, '').toLowerCase() !== host.toLowerCase();
  if (!foreign && fetchSite !== 'cross-site') return undefined;
  return { kind: 'request', fault: 'foreign page' };
}
