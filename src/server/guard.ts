import type { IncomingMessage } from 'node:http';
import { type Admission, isOpenToAll } from './admission.ts';
import { clientAddress } from './client-address.ts';
import type { Credentials } from './credentials.ts';
import { type HostAllowList, parseHost } from './hosts.ts';
import { MAX_TARGET_LENGTH } from './limits.ts';
import type { Networks } from './networks.ts';
import type { Refusal } from './refusal.ts';

/** RFC 9112, section 3.2.1: a path, perhaps with a query, in printable ASCII; `//` would be another host to a URL parser. */
const ORIGIN_FORM = /^\/(?!\/)[\x21-\x7e]*$/;

/** RFC 3986, section 5.2.4: what a router would take out of a path, so that it and a reader of the target disagree. */
const DOT_SEGMENT = /^[^?]*\/(\.|%2e){1,2}([/?]|$)/i;

/**
 * Why `request` is not let in, or undefined for one that may be answered. It looks at the head only; of one whose target
 * was let in a moment ago (`isKnownTarget`), at the rest of it.
 */
export function checkRequest(
  request: IncomingMessage,
  admission: Admission,
  isKnownTarget = false,
): Refusal | undefined {
  const { url = '', method, rawHeaders } = request;
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
  if (host === undefined || hostCount !== 1) {
    return { kind: 'request', status: 400, text: 'the request must have exactly one Host header' };
  }
  const asksProof = credentials !== undefined && !isOpenToAll(url);
  return (
    (isKnownTarget ? undefined : refuseTarget(url)) ??
    (allow === undefined || isOpenToAll(url) ? undefined : refuseStranger(clientAddress(request, proxies), allow)) ??
    refuseHost(host, hosts) ??
    refuseMethod(method) ??
    (asksProof ? refuseUnproven(authorizationCount > 1 ? '' : authorization, credentials) : undefined) ??
    refusePage(host, origin, fetchSite)
  );
}

function refuseTarget(target: string): Refusal | undefined {
  if (target.length > MAX_TARGET_LENGTH) {
    return { kind: 'request', status: 414, text: `the request is longer than ${MAX_TARGET_LENGTH} characters` };
  }
  if (!ORIGIN_FORM.test(target)) {
    return {
      kind: 'request',
      status: 400,
      text: 'the request must name a path that begins with one slash, percent-encoded',
    };
  }
  if (DOT_SEGMENT.test(target)) return { kind: 'request', status: 400, text: 'the path must not hold . or ..' };
  if (!target.includes('%')) return undefined;
  try {
    decodeURIComponent(target);
    return undefined;
  } catch {
    return {
      kind: 'request',
      status: 400,
      text: 'a percent sign in the request is not followed by the hexadecimal digits of UTF-8',
    };
  }
}

function refuseStranger(client: string, allow: Networks): Refusal | undefined {
  return allow.includes(client) ? undefined : { kind: 'not allowed', client };
}

function refuseUnproven(authorization: string | undefined, credentials: Credentials): Refusal | undefined {
  const proof = credentials.check(authorization);
  return proof === 'right' ? undefined : { kind: 'not proven', proof };
}

function refuseHost(header: string, hosts: HostAllowList): Refusal | undefined {
  switch (hosts.judge(header)) {
    case 'allowed':
      return undefined;
    case 'malformed':
      return { kind: 'request', status: 400, text: 'the Host header is not a host, or a host and a port' };
    case 'foreign':
      return { kind: 'foreign host', name: parseHost(header) ?? header };
  }
}

function refuseMethod(method: string | undefined): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return { kind: 'request', status: 405, text: 'only GET and HEAD are answered here' };
}

/** Browsers say when another site's page asks (Fetch Metadata, and Origin of RFC 6454); no board sends either. */
function refusePage(host: string, origin: string | undefined, fetchSite: string | undefined): Refusal | undefined {
  const foreign = origin !== undefined && origin.replace(/^https?:\/\//, '').toLowerCase() !== host.toLowerCase();
  if (!foreign && fetchSite !== 'cross-site') return undefined;
  return { kind: 'request', status: 403, text: 'pages of other sites may not ask here' };
}
