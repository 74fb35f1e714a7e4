import type { CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import { buildIdOf } from '../images/image-state.ts';
import type { Asked } from '../server/decision/asked.ts';
import type { Assigned, Assigner, AssignRequest } from '../server/decision/assigned.ts';
import { asksAsBoard, isByHand } from './asks-as-board.ts';
import { type Assignment, assignment, type Builds, type Conditions } from './assignment.ts';
import type { Board } from './board.ts';
import type { BoardFinder } from './board-finder.ts';
import type { BoardIndex } from './board-index.ts';
import { asking, newBoard } from './board-record.ts';
import { imageFor } from './next-image.ts';
import type { RollOut } from './roll-out.ts';
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

  assign({ client, asked, snapshot, found, build, isServedOnce, purpose }: AssignRequest): Assigned {
    const { finder, now, rollOuts } = this.#parts;
    const nowMs = now();
    const isLook = purpose === 'looks';
    const recorded = purpose === 'tries' ? undefined : finder.find(client, asked)?.board;
    const known = isLook ? ifAsked(recorded, client, asked, nowMs) : recorded;
    const startsNothing = isServedOnce || purpose !== 'asks';
    if (known !== undefined && found !== undefined && build !== undefined && stays(known, found, build)) {
      if (known.pin !== undefined) return { kind: 'instead', image: found, build };
      if (startsNothing || !rollOuts.asked(known, found.id, build)) return NEWEST;
    }
    const board = known ?? newBoard('', client, asked, nowMs);
    const deciding = { board, snapshot, image: found, build, isServedOnce, isLook };
    const conditions = new ConditionsNow(this.#parts, deciding);
    let decided = assignment(board, found?.id, conditions);
    const isWaiting = decided.kind === 'nothing' && decided.until.kind === 'not its turn';
    if (found !== undefined && build !== undefined && (decided.kind === 'newest' || isWaiting) && !startsNothing) {
      if (rollOuts.asked(board, found.id, build)) decided = assignment(board, found.id, conditions);
    }
    if (decided.kind === 'build' && decided.why.kind === 'earlier' && !startsNothing && known !== undefined) {
      rollOuts.servesInstead(decided.image, decided.build, true);
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
        // of an earlier build that everyone gets, the snapshot knows; another one may have been written over it
        if (decided.why.kind === 'earlier') {
          const isAnother = build !== undefined && build !== decided.build;
          return isAnother ? { kind: 'withheld', why: 'build missing' } : NEWEST;
        }
        return insteadOf(conditions.imageOfBuild(decided.image, decided.build), decided.build);
    }
  }

  /** What `board` gets if it asks the same again, and why. */
  assignmentOf(board: Board, snapshot: CatalogSnapshot): Assignment {
    const image = imageFor(board.wish, snapshot);
    const request = { board, snapshot, image, build: buildIdOf(image), isServedOnce: false };
    return assignment(board, image?.id, new ConditionsNow(this.#parts, request));
  }

  /** The image that `build` is sent from: the newest, or the copy that is kept; undefined where there is none. */
  imageOfBuild(id: string, build: string, snapshot: CatalogSnapshot): CatalogImage | undefined {
    return imageOfBuild(id, build, snapshot, this.#parts.keptBuild);
  }
}

/** What the conditions are those of. */
interface Deciding {
  readonly board: Board;
  readonly snapshot: CatalogSnapshot;
  /** The image that it asks for, if there is one, and its newest build, as far as it is known. */
  readonly image: CatalogImage | undefined;
  readonly build: string | undefined;
  readonly isServedOnce: boolean;
  /** It does not ask, but someone looks what it would get if it did. */
  readonly isLook?: boolean;
}

/** The conditions at this moment, each looked up when it is asked for: most boards need few. */
class ConditionsNow implements Conditions, Builds {
  readonly #parts: AssignerParts;
  readonly #deciding: Deciding;
  /** What was found last: `has` is asked before the image is. */
  #found: { readonly id: string; readonly build: string; readonly image: CatalogImage | undefined } | undefined;

  constructor(parts: AssignerParts, deciding: Deciding) {
    this.#parts = parts;
    this.#deciding = deciding;
  }

  get builds(): Builds {
    return this;
  }

  get earlier(): Conditions['earlier'] {
    return this.#deciding.image?.inPlaceOf?.choice;
  }

  get rollOut(): RollOut | undefined {
    const { board, image, isLook } = this.#deciding;
    const build = image === undefined ? undefined : this.served(image.id);
    if (image === undefined || build === undefined) return undefined;
    const { rollOuts } = this.#parts;
    return isLook ? rollOuts.ifAsked(board, image.id, build) : rollOuts.deciding(image.id, build);
  }

  get stopsLoops(): boolean {
    return this.#parts.stopsLoops();
  }

  get isServedOnce(): boolean {
    return this.#deciding.isServedOnce;
  }

  served(id: string): string | undefined {
    const { snapshot, image, build } = this.#deciding;
    return id === image?.id ? build : buildIdOf(snapshot.byId.get(id));
  }

  has(id: string, build: string): boolean {
    return this.imageOfBuild(id, build) !== undefined;
  }

  isOne(): boolean {
    const { board } = this.#deciding;
    return board.isShared !== true && (board.mac !== undefined || this.#parts.index.isAlone(board));
  }

  imageOfBuild(id: string, build: string): CatalogImage | undefined {
    if (this.#found?.id !== id || this.#found.build !== build) {
      this.#found = { id, build, image: imageOfBuild(id, build, this.#deciding.snapshot, this.#parts.keptBuild) };
    }
    return this.#found.image;
  }
}

function imageOfBuild(
  id: string,
  build: string,
  { byId }: CatalogSnapshot,
  keptBuild: KeptBuildOf,
): CatalogImage | undefined {
  const image = byId.get(id);
  const newest = image?.inPlaceOf?.newest ?? image;
  return buildIdOf(newest) === build ? newest : keptBuild(id, build);
}

/**
 * Whether a board runs what it gets, be it pinned to that: no loop and no roll-out keeps that from it. It is the answer to
 * most requests, so it is found without looking at anything else.
 */
function stays({ reportedBuild, isHeld, once, pin }: Board, { id, inPlaceOf }: CatalogImage, build: string): boolean {
  if (reportedBuild !== build || isHeld || once !== undefined || inPlaceOf !== undefined) return false;
  return pin === undefined || (pin.image === id && pin.build === build);
}

/** The ID of a board that would be recorded if it asked. */
const SOMEONE = 'someone';

/** The board as it would be recorded if it asked by GET: one that is not known might take a place, too. */
function ifAsked(known: Board | undefined, client: string, asked: Asked, atMs: number): Board | undefined {
  if (!asksAsBoard(asked) || (known === undefined && isByHand(client, asked))) return known;
  return asking(known ?? newBoard(SOMEONE, client, asked, atMs), asked, atMs);
}

const NEWEST: Assigned = { kind: 'newest' };

function insteadOf(image: CatalogImage | undefined, build?: string): Assigned {
  if (image === undefined) return { kind: 'withheld', why: 'build missing' };
  return build === undefined ? { kind: 'instead', image } : { kind: 'instead', image, build };
}
