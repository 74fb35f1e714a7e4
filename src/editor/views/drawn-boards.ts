import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { nextImage } from '../../boards/next-image.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { ImageState } from '../../images/image-state.ts';
import { sharedNames } from '../words/board-name.ts';
import { wholeSeconds } from '../words/words.ts';
import type { Project } from '../workspace/project.ts';

/** Where what is shown of boards comes from. */
export interface BoardSources {
  readonly registry: BoardRegistry;
  readonly project: Project;
  readonly checks: ImageChecks;
}

/** What the rows of a board showed when they were drawn last. */
interface Drawn {
  board?: Board;
  /** What it got when it was drawn last, and why. */
  assigned: string;
  /** The last seen state of the image that it gets next: a value, another one when anything about its files changed. */
  next?: ImageState | undefined;
  known: string;
  drawn: string;
}

/** What the rows of boards showed when they were drawn last: those that show something else by now are drawn again. */
export class DrawnBoards {
  readonly #sources: BoardSources;
  readonly #drawn = new Map<string, Drawn>();
  #sharedNames: ReadonlySet<string> = new Set();

  constructor(sources: BoardSources) {
    this.#sources = sources;
  }

  /** Sees which names several boards have. */
  compareNames(): void {
    this.#sharedNames = sharedNames(this.#sources.registry.boards);
  }

  /** Whether another board has its name, too. */
  isNamesake({ name }: Board): boolean {
    return name !== undefined && this.#sharedNames.has(name);
  }

  /** Whether anything that is shown of a board changed since this was asked last. */
  takeChange(board: Board): boolean {
    const { registry, project, checks } = this.#sources;
    const row = this.#of(board.id);
    // a board is a value: the same one is not written out again, four times a second, for each of thousands
    if (row.board !== board) row.known = JSON.stringify({ ...board, history: board.history.slice(0, 1) });
    row.board = board;
    const { image } = nextImage(board, project.served.snapshot) ?? {};
    const isOther = row.next !== image?.state;
    row.next = image?.state;
    const examinedAtMs =
      image?.state.kind === 'ready' ? checks.known(image.state.zstIdentity)?.examinedAtMs : undefined;
    const assignment = JSON.stringify(registry.assignmentOf(board, project.served.snapshot));
    const isReassigned = assignment !== row.assigned;
    row.assigned = assignment;
    const { sentBytes, stalledMs, state } = registry.transferOf(board.id) ?? {};
    const before = state?.kind === 'running' ? state.place?.before : undefined;
    const drawn = [
      row.known,
      image?.id,
      examinedAtMs,
      sentBytes,
      wholeSeconds(stalledMs),
      before,
      this.isNamesake(board),
    ].join(' ');
    if (drawn === row.drawn && !isOther && !isReassigned) return false;
    row.drawn = drawn;
    return true;
  }

  /** Forgets boards that are gone. */
  dropGone(): void {
    for (const id of this.#drawn.keys()) if (this.#sources.registry.get(id) === undefined) this.#drawn.delete(id);
  }

  #of(id: string): Drawn {
    const known = this.#drawn.get(id);
    if (known !== undefined) return known;
    const drawn: Drawn = { known: '', assigned: '', drawn: '' };
    this.#drawn.set(id, drawn);
    return drawn;
  }
}
