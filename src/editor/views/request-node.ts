import type { Transfer } from '../../server/transfer.ts';

/** A row of the view of requests. A request keeps the same object as its row. */
export interface RequestNode {
  readonly kind: 'request';
  readonly transfer: Transfer;
}
