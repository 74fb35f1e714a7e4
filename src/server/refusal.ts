import type { Finding } from '../checks/finding.ts';
import { findingText } from '../checks/finding-text.ts';
import { codeText } from '../code-text.ts';
import { mayPass, type SetFault } from '../images/set-fault.ts';
import { faultText } from '../images/set-fault-text.ts';
import { COMMAND_LINE } from '../remedies.ts';
import { ENGLISH, type Words } from '../words.ts';
import type { Proof } from './admission/credentials.ts';
import { type RequestFault, requestFaultStatus, requestFaultText } from './request-fault.ts';

/** What a request by parts lacks; `query`: all of it, as a server's address stands in its place. */
export type MissingPart = 'box' | 'board' | 'query';

/** Why a request gets nothing. */
export type Refusal =
  /** It was refused before anything was looked up. */
  | { readonly kind: 'request'; readonly fault: RequestFault }
  /** It calls this server by a name that anyone could own. */
  | { readonly kind: 'foreign host'; readonly name: string }
  /** The client's address is in none of the allowed networks. */
  | { readonly kind: 'not allowed'; readonly client: string }
  /** It lacks a known user and password. */
  | { readonly kind: 'not proven'; readonly proof: Exclude<Proof, 'right'> }
  | { readonly kind: 'stopping' }
  /** `transfers` is the number of simultaneous transfers; the queue is full. */
  | { readonly kind: 'full'; readonly transfers: number }
  /** Someone had it answered so, on purpose. */
  | { readonly kind: 'fault'; readonly status: 404 | 503 }
  | { readonly kind: 'path' }
  | { readonly kind: 'part missing'; readonly part: MissingPart }
  /** `folder` if the request named one; `nearest` is the image with the most similar name. */
  | {
      readonly kind: 'no image';
      readonly tried: readonly string[];
      readonly folder?: string;
      readonly nearest?: string;
    }
  /** `isEarlier`: it is the copy that is kept of a build. */
  | { readonly kind: 'incomplete'; readonly id: string; readonly fault: SetFault; readonly isEarlier?: boolean }
  /** It would break the board. `isSettling`: it looks like a build in progress. `isEarlier`: as above. */
  | {
      readonly kind: 'wrong image';
      readonly id: string;
      readonly image: string;
      readonly finding: Finding;
      readonly isSettling: boolean;
      readonly isEarlier?: boolean;
    }
  /** Its files kept changing while they were read. */
  | { readonly kind: 'being written'; readonly id: string }
  /** It could not be checked; `code` is the system's error code. */
  | { readonly kind: 'unchecked'; readonly id: string; readonly code: string }
  /** Only the image of another ID is served now. */
  | { readonly kind: 'not this one'; readonly id: string; readonly only: string }
  /** Only the board at another address gets an update now. */
  | { readonly kind: 'not this board'; readonly only: string }
  /** The images, or those in a `folder`, could not be read; `code` is the system's error code. */
  | { readonly kind: 'unreadable'; readonly code: string; readonly folder?: string }
  /** A bug of ours; the event `bug` has its stack. */
  | { readonly kind: 'internal error' };

/** The HTTP status of a refusal. */
export function refusalStatus(refusal: Refusal): number {
  switch (refusal.kind) {
    case 'request':
      return requestFaultStatus(refusal.fault);
    case 'fault':
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
 * The headers of the answer to a refused request: the methods that are allowed (RFC 9110, section 15.5.6), or how to
 * authenticate (RFC 7617, section 2.1).
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

/** Whether it is worth asking again soon: 503 with `Retry-After` (RFC 9110, section 10.2.3). */
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

const ENDPOINTS = '/list, /list/<search>, /update/<box>/<image>[/<buildID>], /update?name=…&board=…';
const USER_INFO = '<user>:<password>@';
const EXAMPLE = '/update?name=docker-box&board=odroid-c4';

/** The refusal in one line, for the client, the log and the editor. `request` refusals are in English. */
export function refusalText(refusal: Refusal, words: Words = ENGLISH, remedies = COMMAND_LINE): string {
  switch (refusal.kind) {
    case 'request':
      return requestFaultText(refusal.fault, words);
    case 'fault':
      return words.t('a fault on purpose');
    case 'foreign host':
      return words.t(
        'this server does not go by the name {0}; add it to {1} if it should',
        refusal.name,
        remedies.allowedHosts,
      );
    case 'not allowed':
      return words.t('{0} is in none of the networks that may ask here ({1})', refusal.client, remedies.allow);
    case 'not proven':
      return proofText(refusal.proof, words);
    case 'stopping':
      return words.t('the server is being stopped');
    case 'full':
      return refusal.transfers === 1
        ? words.t('1 image is being sent, which is the limit, and the queue is full; ask again later')
        : words.t(
            '{0} images are being sent, which is the limit, and the queue is full; ask again later',
            refusal.transfers,
          );
    case 'path':
      return words.t('nothing is served under this path; there are {0}', ENDPOINTS);
    case 'part missing':
      return partMissingText(refusal.part, words);
    case 'no image':
      return noImageText(refusal, words);
    case 'incomplete': {
      const fault = faultText(refusal.fault, words);
      if (refusal.isEarlier) {
        return words.t('the kept build of {0} that is to be sent is incomplete: {1}', refusal.id, fault);
      }
      return mayPass(refusal.fault)
        ? words.t('{0} is not sent: {1}', refusal.id, fault)
        : words.t('{0} is incomplete: {1}', refusal.id, fault);
    }
    case 'wrong image': {
      const finding = findingText(refusal.image, refusal.finding, words, remedies);
      if (refusal.isEarlier) {
        return words.t('the kept build of {0} is not sent: {1}; delete it, or choose another one', refusal.id, finding);
      }
      return refusal.isSettling
        ? words.t('{0} is not sent: {1}; ask again when its build is done', refusal.id, finding)
        : words.t('{0} is not sent: {1}; build it again', refusal.id, finding);
    }
    case 'being written':
      return words.t('{0} is being written; ask again when its build is done', refusal.id);
    case 'unchecked':
      return words.t('{0} is not sent: it could not be checked ({1})', refusal.id, codeText(refusal.code, words));
    case 'not this one':
      return words.t('only {0} is served now, not {1}', refusal.only, refusal.id);
    case 'not this board':
      return words.t('only the board at {0} gets an update now', refusal.only);
    case 'unreadable':
      return refusal.folder === undefined
        ? words.t('the images could not be read ({0}); try again', codeText(refusal.code, words))
        : words.t('the folder {0} could not be read ({1}); try again', refusal.folder, codeText(refusal.code, words));
    case 'internal error':
      return words.t("internal error; see the server's log");
  }
}

function partMissingText(part: MissingPart, words: Words): string {
  switch (part) {
    case 'box':
      return words.t('the request names no box: add name=…, as in {0}', EXAMPLE);
    case 'board':
      return words.t('the request names no board: add board=…, as in {0}', EXAMPLE);
    case 'query':
      return words.t(
        "the request has a server's address for its query: where update.txt or DNS names the server, it must name the box, too (force_update_name, box_name)",
      );
  }
}

function proofText(proof: Exclude<Proof, 'right'>, words: Words): string {
  switch (proof) {
    case 'absent':
      return words.t("this needs a user and a password: put {0} before the host in the update server's URL", USER_INFO);
    case 'malformed':
      return words.t('the Authorization header is malformed: it must be Basic, with a user and a password (RFC 7617)');
    case 'wrong':
      return words.t('the user or the password is wrong');
  }
}

function noImageText({ tried, folder, nearest }: Extract<Refusal, { kind: 'no image' }>, words: Words): string {
  const last = tried.at(-1) ?? '';
  const names = tried.length < 2 ? last : words.t('{0} or {1}', tried.slice(0, -1).join(', '), last);
  const what = folder === undefined ? names : words.t('{0} in {1}', names, folder);
  return nearest === undefined
    ? words.t('no image {0}; there is none at all', what)
    : words.t('no image {0}; nearest: {1}', what, nearest);
}
