import type { Transfer } from './transfer.ts';

/** What happens to a request, told to whoever watches. How many bytes went out is read from the transfer meanwhile. */
export interface ServerEvents {
  /** It was let in, and an answer is being looked for. */
  accepted: [transfer: Transfer];
  /** What it asks for is known, its answer is not yet. Not told of what was turned away or is a repeat. */
  asked: [transfer: Transfer];
  /** It would get an archive, and waits for its turn: its state tells its place. */
  waiting: [transfer: Transfer];
  /** Its answer is known and begins to be sent. */
  answering: [transfer: Transfer];
  /** It was answered completely. */
  finished: [transfer: Transfer];
  /** The connection ended before the answer did. */
  broken: [transfer: Transfer];
  /** It got an error, and the transfer says why. */
  refused: [transfer: Transfer];
  /** A bug was met while a request was answered, which ended for that reason alone. Its stack is for the log. */
  bug: [error: unknown];
}
