import type { Board } from '../../boards/board.ts';
import type { FaultOrder } from '../../server/sending/fault.ts';
import { boardName } from './board-name.ts';
import { clientText } from './words.ts';

/** A fault on purpose, for a board by the name that people call it. */
export function namedFault(order: FaultOrder | undefined, boards: readonly Board[]): FaultOrder | undefined {
  if (order?.client === undefined) return order;
  const address = clientText(order.client);
  const named = boards.find((board) => board.name !== undefined && clientText(board.address) === address);
  return { ...order, client: boardName(named ?? { address }) };
}
