import type { Finding } from '../checks/finding.ts';
import { findingText } from '../checks/finding-text.ts';
import { faultText, mayPass, type SetFault } from '../images/set-fault.ts';
import type { Proof } from './credentials.ts';

/** Why a request gets nothing. */
export type Refusal =
  /** It was turned away before anything was looked up. */
  | { readonly kind: 'request'; readonly status: 400 | 403 | 405 | 414 | 417; readonly text: string }
  /** It calls this server by a name that could be anyone's. */
  | { readonly kind: 'foreign host'; readonly name: string }
  /** The client's address is in none of the networks that may ask. */
  | { readonly kind: 'not allowed'; readonly client: string }
  /** It has no user and password that are known here. */
  | { readonly kind: 'not proven'; readonly proof: Exclude<Proof, 'right'> }
  | { readonly kind: 'stopping' }
  /** `transfers` is what may be sent at a time, and too many wait for their turn. */
  | { readonly kind: 'full'; readonly transfers: number }
  | { readonly kind: 'path' }
  | { readonly kind: 'part missing'; readonly part: 'box' | 'board' }
  /** `folder` where the request named one; `nearest`, the image whose name is most like it. */
  | {
      readonly kind: 'no image';
      readonly tried: readonly string[];
      readonly folder?: string;
      readonly nearest?: string;
    }
  | { readonly kind: 'incomplete'; readonly id: string; readonly fault: SetFault }
  /** It would spoil the board. `isSettling`: it looks like a build in progress. */
  | {
      readonly kind: 'wrong image';
      readonly id: string;
      readonly image: string;
      readonly finding: Finding;
      readonly isSettling: boolean;
    }
  /** Its files changed again and again while it was looked at. */
  | { readonly kind: 'being written'; readonly id: string }
  /** It could not be checked; the system's name for the reason. */
  | { readonly kind: 'unchecked'; readonly id: string; readonly code: string }
  /** Only the image of another ID is handed out now. */
  | { readonly kind: 'not this one'; readonly id: string; readonly only: string }
  /** Only the board at another address gets an update now. */
  | { readonly kind: 'not this board'; readonly only: string }
  /** The images, or those in a `folder`, could not be looked at; the system's name for the reason. */
  | { readonly kind: 'unreadable'; readonly code: string; readonly folder?: string }
  /** A bug of ours; its stack is told by the event `bug`. */
  | { readonly kind: 'internal error' };

/** The HTTP status that a refusal is answered with. */
export function refusalStatus(refusal: Refusal): number {
  switch (refusal.kind) {
    case 'request':
      return refusal.status;
    case 'foreign host':
    case 'not allowed':
      return 403;
    case 'not proven':
      return 401;
    case 'internal error':
      return 500;
    case 'stopping':
    case 'full':
    case 'unreadable':
    case 'being written':
    case 'unchecked':
      return 503;
    case 'incomplete':
      return mayPass(refusal.fault) ? 503 : 404;
    case 'wrong image':
      return refusal.isSettling ? 503 : 409;
    default:
      return 404;
  }
}

/**
 * What goes with the answer to a request that was turned away: the methods that are answered (RFC 9110, section 15.5.6),
 * or how to prove oneself (RFC 7617, section 2.1).
 */
export function refusalHeaders(refusal: Refusal): readonly string[] {
  switch (refusalStatus(refusal)) {
    case 401:
      return ['WWW-Authenticate', 'Basic realm="mkbox", charset="UTF-8"'];
    case 405:
      return ['Allow', 'GET, HEAD'];
    default:
      return [];
  }
}

/** Whether what was refused may be had soon: 503 with `Retry-After` (RFC 9110, section 10.2.3). */
export function settlesSoon(refusal: Refusal): boolean {
  switch (refusal.kind) {
    case 'being written':
    case 'unreadable':
      return true;
    case 'incomplete':
      return mayPass(refusal.fault);
    case 'wrong image':
      return refusal.isSettling;
    default:
      return false;
  }
}

const PROOFS: Record<Exclude<Proof, 'right'>, string> = {
  absent: 'this needs a user and a password: <user>:<password>@ before the host in the URL of the update server',
  malformed: 'the Authorization header is not one, and Basic, with a user and a password (RFC 7617)',
  wrong: 'the user or the password is wrong',
};

const ENDPOINTS = '/list, /list/<search>, /update/<box>/<image>[/<buildID>], /update?name=…&board=…';

/** The refusal in English, in one line: what a client is told, and the log. */
export function refusalText(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'request':
      return refusal.text;
    case 'foreign host':
      return `this server does not go by the name ${refusal.name}; add it to the allowed hosts (ALLOWED_HOSTS) if it should`;
    case 'not allowed':
      return `${refusal.client} is in none of the networks that may ask here (ALLOW)`;
    case 'not proven':
      return PROOFS[refusal.proof];
    case 'stopping':
      return 'the server is being stopped';
    case 'full': {
      const { transfers } = refusal;
      return `${transfers} ${transfers === 1 ? 'image is' : 'images are'} being sent, which is the most at a time, and too many wait; ask again later`;
    }
    case 'path':
      return `nothing is served under this path; there are ${ENDPOINTS}`;
    case 'part missing': {
      const parameter = refusal.part === 'box' ? 'name' : 'board';
      return `the request names no ${refusal.part}: add ${parameter}=…, as in /update?name=docker-box&board=odroid-c4`;
    }
    case 'no image': {
      const { tried, folder, nearest } = refusal;
      const names = tried.join(', ').replace(/, ([^,]*)$/, ' or $1');
      const where = folder === undefined ? '' : ` in ${folder}`;
      return `no image ${names}${where}; ${nearest === undefined ? 'there is none at all' : `nearest: ${nearest}`}`;
    }
    case 'incomplete': {
      const fault = faultText(refusal.fault);
      return mayPass(refusal.fault) ? `${refusal.id} is not sent: ${fault}` : `${refusal.id} is incomplete: ${fault}`;
    }
    case 'wrong image': {
      const retry = refusal.isSettling ? '; ask again when its build is done' : '; build it again';
      return `${refusal.id} is not sent: ${findingText(refusal.image, refusal.finding)}${retry}`;
    }
    case 'being written':
      return `${refusal.id} is being written; ask again when its build is done`;
    case 'unchecked':
      return `${refusal.id} is not sent: it could not be checked (${refusal.code})`;
    case 'not this one':
      return `only ${refusal.only} is served now, and this is ${refusal.id}`;
    case 'not this board':
      return `only the board at ${refusal.only} gets an update now`;
    case 'unreadable':
      return refusal.folder === undefined
        ? `the images could not be read (${refusal.code}); try again`
        : `the folder ${refusal.folder} could not be read (${refusal.code}); try again`;
    case 'internal error':
      return 'internal error: the log of the update server says more';
  }
}
