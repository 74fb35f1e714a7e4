import type { Conditions } from './range.ts';

/** Who asks, and how. */
export interface Asking {
  /** The client's address. */
  readonly client: string;
  readonly conditions: Conditions;
  /** HEAD: nobody waits for the body. */
  readonly isHead: boolean;
  /** No board asks, but someone who tries what a board would get. */
  readonly isTrial?: boolean;
}
