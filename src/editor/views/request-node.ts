import type { LoggedRequest } from '../../boards/logged-request.ts';

/** A row of the view of requests. A request keeps the same object as its row. */
export interface RequestNode {
  readonly kind: 'request';
  readonly transfer: LoggedRequest;
}
