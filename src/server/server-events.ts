import type { Transfer } from './transfer.ts';

/** The events of a request. How many bytes were sent is read from the transfer. */
export interface ServerEvents {
  /** It was admitted, and its answer is being decided. */
  accepted: [transfer: Transfer];
  /** It has been parsed, and has no answer yet. Not emitted for refused and repeated requests. */
  asked: [transfer: Transfer];
  /** It is to get an archive, and is queued: its state has its place. */
  waiting: [transfer: Transfer];
  /** Its answer was decided, and is about to be sent. */
  answering: [transfer: Transfer];
  /** It was answered completely. */
  finished: [transfer: Transfer];
  /** The connection ended before the answer did. */
  broken: [transfer: Transfer];
  /** It was refused; the transfer says why. */
  refused: [transfer: Transfer];
  /** It was the one update that was to be served, after which all images are served again. */
  shot: [transfer: Transfer];
  /** A bug ended a request, and nothing else. Its stack is for the log. */
  bug: [error: unknown];
}
