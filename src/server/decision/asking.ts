import type { Conditions } from './range.ts';

/** Who asks, and how. */
export interface Asking {
  /** The client's address. */
  readonly client: string;
  readonly conditions: Conditions;
  /** HEAD: nobody waits for the body. */
  readonly isHead: boolean;
  /**
   * Someone looks what a board would get: by HEAD, but not through a proxy. An edge asks by HEAD what the board behind it
   * gets, and gives it that from its cache; see `contrib/nginx-edge.conf`.
   */
  readonly isLook?: boolean;
  /** No board asks, but someone who tries what a board would get. */
  readonly isTrial?: boolean;
}
