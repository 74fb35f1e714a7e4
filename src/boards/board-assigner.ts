import type { CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import type { Assigned, Assigner, AssignRequest } from '../server/decision/assigned.ts';
import { type Assignment, assignment, type Builds, type Conditions } from './assignment.ts';
import type { Board } from './board.ts';
import type { BoardFinder } from './board-finder.ts';
import type { BoardIndex } from './board-index.ts';
import { newBoard } from './board-record.ts';
import { imageFor } from './next-image.ts';
import type { RollOuts } from './roll-outs.ts';

/** What decides what boards get, beside their records. */
export interface AssignerParts {
  readonly index: BoardIndex;
  readonly finder: BoardFinder;
  readonly now: () => number;
  /** Whether a board that flashes the same build again and again is stopped. */
  readonly stopsLoops: () => boolean;
  readonly keptBuild: KeptBuildOf;
  readonly rollOuts: RollOuts;
}

/** The copy that is kept of an image's build; undefined where there is none. `imageId`: `<box>/<image>`. */
export type KeptBuildOf = (imageId: string, buildId: string) => CatalogImage | undefined;

/** Tells the server, and whoever shows boards, what each of them gets. */
export class BoardAssigner implements Assigner {
  readonly #parts: AssignerParts;

  constructor(parts: AssignerParts) {
    this.#parts = parts;
  }

  get isPlain(): boolean {
    return this.#parts.index.pinned === 0;
  }

  assign({ client, asked, snapshot, found, build, isServedOnce }: AssignRequest): Assigned {
    const { finder, now } = this.#parts;
    const board = finder.find(client, asked)?.board ?? newBoard('', client, asked, now());
    const served = (id: string) => (id === found?.id ? build : buildOf(snapshot.byId.get(id)));
    const decide = () =>
      assignment(board, found?.id, this.#conditions(board, snapshot, found, { served, isServedOnce }));
    let decided = decide();
    const isWaiting = decided.kind === 'nothing' && decided.until.kind === 'not its turn';
    if (found !== undefined && build !== undefined && (decided.kind === 'newest' || isWaiting) && !isServedOnce) {
      if (this.#parts.rollOuts.asked(board, found.id, build)) decided = decide();
    }
    switch (decided.kind) {
      case 'newest':
        return decided;
      case 'held':
        return { kind: 'withheld', why: 'held' };
      case 'nothing':
        return { kind: 'withheld', why: decided.until.kind };
      case 'image':
        return insteadOf(snapshot.byId.get(decided.image));
      case 'build':
        // of an earlier build that everyone gets, the snapshot knows
        if (decided.why.kind === 'earlier') return { kind: 'newest' };
        return insteadOf(this.imageOfBuild(decided.image, decided.build, snapshot), decided.build);
    }
  }

  /** What `board` gets if it asks the same again, and why. */
  assignmentOf(board: Board, snapshot: CatalogSnapshot): Assignment {
    const served = (id: string) => buildOf(snapshot.byId.get(id));
    const image = imageFor(board.wish, snapshot);
    return assignment(board, image?.id, this.#conditions(board, snapshot, image, { served, isServedOnce: false }));
  }

  /** The image that `build` is sent from: the newest, or the copy that is kept; undefined where there is none. */
  imageOfBuild(id: string, build: string, { byId }: CatalogSnapshot): CatalogImage | undefined {
    const image = byId.get(id);
    const newest = image?.inPlaceOf?.newest ?? image;
    return buildOf(newest) === build ? newest : this.#parts.keptBuild(id, build);
  }

  #conditions(
    board: Board,
    snapshot: CatalogSnapshot,
    image: CatalogImage | undefined,
    { served, isServedOnce }: { served: Builds['served']; isServedOnce: boolean },
  ): Conditions {
    const { index, stopsLoops, rollOuts } = this.#parts;
    const newest = image === undefined ? undefined : served(image.id);
    return {
      builds: { served, has: (id, build) => this.imageOfBuild(id, build, snapshot) !== undefined },
      earlier: image?.inPlaceOf?.choice,
      rollOut: newest === undefined ? undefined : rollOuts.get(image?.id ?? '', newest),
      stopsLoops: stopsLoops(),
      isServedOnce,
      isOne: () => board.isShared !== true && (board.mac !== undefined || index.isAlone(board)),
    };
  }
}

function insteadOf(image: CatalogImage | undefined, build?: string): Assigned {
  if (image === undefined) return { kind: 'withheld', why: 'build missing' };
  return build === undefined ? { kind: 'instead', image } : { kind: 'instead', image, build };
}

function buildOf(image: CatalogImage | undefined): string | undefined {
  return image?.state.kind === 'ready' ? image.state.buildId : undefined;
}
