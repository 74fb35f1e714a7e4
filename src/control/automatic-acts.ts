import type { Assignment } from '../boards/assignment.ts';
import type { Board } from '../boards/board.ts';
import type { Reflash } from '../boards/board-events.ts';
import type { BoardRegistry } from '../boards/board-registry.ts';
import type { RollOut } from '../boards/roll-out.ts';
import { rollOutText } from '../boards/roll-out-text.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';

/** Who acts where nobody does. */
const BY_ITSELF = 'mkbox';

/** How many acts back it is looked whether a board was stopped already. */
const LOOK_BACK = 50;

/**
 * Records what the server decides by itself: the steps of roll-outs that nobody ordered, and that a board was stopped which flashes
 * itself again and again. The returned function stops that.
 */
export function recordAutomaticActs(
  registry: BoardRegistry,
  audit: AuditLog,
  assignmentOf: (board: Board) => Assignment,
  now: () => number = registry.now,
): () => void {
  const record = (entry: Omit<AuditEntry, 'atMs' | 'by'>) => audit.record({ atMs: now(), by: BY_ITSELF, ...entry });
  const onRollOut = (rollOut: RollOut, isOrdered: boolean) => {
    const { image, build } = rollOut;
    if (!isOrdered) record({ act: 'roll-out', image, build, detail: rollOutText(rollOut) });
  };
  const onReflashing = ({ board }: Reflash) => {
    const gets = assignmentOf(board);
    if (gets.kind !== 'nothing' || gets.until.kind !== 'loop stopped') return;
    const { build, times } = gets.until;
    const [last] = audit.about({ board: board.id }, LOOK_BACK).filter(({ act }) => act === 'stop' || act === 'release');
    if (last?.act === 'stop' && last.build === build) return;
    const name = board.name ?? board.address;
    record({ act: 'stop', board: board.id, name, build, detail: `got it ${times} times` });
  };
  registry.events.on('rollOut', onRollOut);
  registry.events.on('reflashing', onReflashing);
  return () => {
    registry.events.off('rollOut', onRollOut);
    registry.events.off('reflashing', onReflashing);
  };
}
