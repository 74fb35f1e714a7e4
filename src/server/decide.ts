import type { ImageChecks } from '../checks/image-checks.ts';
import type { Catalog, CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import { searchImages } from '../images/image-search.ts';
import { type ImageSet, openImageSet } from '../images/image-set.ts';
import { nearestImage, type Resolution, resolveQuery, unreadableFolder } from '../images/resolution.ts';
import type { SetFault } from '../images/set-fault.ts';
import { type Answer, type Approval, type HeaderList, textAnswer } from './answer.ts';
import { imageQuery } from './asked.ts';
import { REOPEN_ATTEMPTS, RETRY_AFTER_SECONDS, VERDICT_WAIT_MS } from './limits.ts';
import { OfferedImages } from './offered-images.ts';
import { askPermission } from './permission.ts';
import type { Conditions } from './range.ts';
import { type Refusal, refusalStatus, refusalText, settlesSoon } from './refusal.ts';
import type { Asked, Transfer, TransferResult } from './transfer.ts';
import { type UpToDate, UpToDateMemory } from './up-to-date-memory.ts';
import { UP_TO_DATE, updateAnswer } from './update-answer.ts';

/** What a request gets: the answer, and the result it amounts to, or why it gets nothing. */
export type Decision = { readonly answer: Answer; readonly set?: ImageSet } & (
  | { readonly result: TransferResult }
  | { readonly refusal: Refusal }
);

/** The decision on a board that is told to be up to date, on someone's order. */
const HELD: Decision = { answer: UP_TO_DATE, result: 'held' };

/** The decision on a board that already runs what it would get. */
export const SAME_BUILD: Decision = { answer: UP_TO_DATE, result: 'up to date' };

/** Whom the images are handed out to, and which. */
export interface Restriction {
  /** Only the image of this ID, `<box>/<image>`. */
  readonly only?: string;
  /** Only the client of this address. */
  readonly client?: string;
}

/** Whether an update is held back: the board that asks is told to be up to date. */
export type IsHeld = (client: string, asked: Asked) => boolean;

/** What may be told of deciding. */
export interface DecideOptions {
  /** Asked for each update whether that board is held back; none is without it. */
  readonly isHeld?: IsHeld | undefined;
  /** How long a set that was not examined yet may hold up its first byte; `VERDICT_WAIT_MS` without it. */
  readonly verdictWaitMs?: number | undefined;
}

/** Decides what requests are answered with, from what the catalog holds at that moment. */
export class Decider {
  readonly #catalog: Catalog;
  readonly #checks: ImageChecks;
  readonly #offered: OfferedImages;
  readonly #isHeld: IsHeld;
  readonly #verdictWaitMs: number;
  #restriction: Restriction = {};
  readonly #upToDate = new UpToDateMemory();

  constructor(catalog: Catalog, checks: ImageChecks, { isHeld = () => false, verdictWaitMs }: DecideOptions = {}) {
    this.#catalog = catalog;
    this.#checks = checks;
    this.#offered = new OfferedImages(checks);
    this.#isHeld = isHeld;
    this.#verdictWaitMs = verdictWaitMs ?? VERDICT_WAIT_MS;
  }

  /** From now on hands out only what `restriction` says. */
  restrict(restriction: Restriction): void {
    this.#restriction = restriction;
    this.#upToDate.forget();
  }

  /** Answers `/list`: a line for each image that a board can get, of those that `search` finds. */
  async list(search: string): Promise<Decision> {
    const snapshot = await this.#catalog.refresh();
    const unknown = snapshot.unreadable.find(({ box, isKept }) => box === undefined && !isKept);
    if (unknown !== undefined) return refuse({ kind: 'unreadable', code: unknown.code });
    const ready = this.#offered.of(snapshot);
    const found = search === '' ? ready : searchImages(ready, search);
    const lines = found.map((image) => `${image.id}\n`);
    return { answer: textAnswer(200, lines.join('')), result: 'list' };
  }

  /**
   * Answers `/update`. What was asked is noted in `transfer` before anything can fail. The decision's set is open:
   * whoever sends the answer closes it.
   */
  async update(transfer: Transfer, asked: Asked, conditions: Conditions): Promise<Decision> {
    transfer.asked = asked;
    const snapshot = await this.#catalog.refresh();
    const resolution = resolve(snapshot, asked);
    if ('kind' in resolution) return refuse(resolution);
    transfer.resolution = resolution;
    if (this.#isHeld(transfer.client, asked)) return HELD;
    const { found } = resolution;
    const obstacle = obstacleTo(snapshot, asked, found);
    if (obstacle !== undefined) return refuse(obstacle);
    if (found === undefined) return refuse(noImage(snapshot, asked, resolution));
    const { only, client } = this.#restriction;
    if (only !== undefined && found.id !== only) return refuse({ kind: 'not this one', id: found.id, only });
    if (client !== undefined && transfer.client !== client) return refuse({ kind: 'not this board', only: client });
    for (let attempt = 1; attempt <= REOPEN_ATTEMPTS; attempt++) {
      const set = await openImageSet(found);
      if ('problem' in set) return refuse(await this.#whyNot(asked, found, set));
      const abandon = new AbortController();
      let decision: Decision | undefined;
      try {
        decision = await this.#offer(transfer, { asked, resolution }, found, set, conditions, abandon);
      } finally {
        if (decision?.set === undefined) await abandoningSet(set, abandon).close();
      }
      if (decision !== undefined) return decision;
    }
    return refuse({ kind: 'being written', id: found.id });
  }

  /** What a request gets that was resolved to `image`, whose set is open; undefined when the file is another by now. */
  async #offer(
    transfer: Transfer,
    known: UpToDate,
    image: CatalogImage,
    set: ImageSet,
    conditions: Conditions,
    abandon: AbortController,
  ): Promise<Decision | undefined> {
    transfer.servedBuildId = set.buildId;
    if (known.asked.buildId === set.buildId) {
      this.#upToDate.remember(transfer.target, known);
      return SAME_BUILD;
    }
    const permission = await askPermission(this.#checks, image, set, this.#verdictWaitMs, abandon.signal);
    switch (permission.kind) {
      case 'granted':
        return handOut(set, conditions);
      case 'pending': {
        const approval = permission.objection.then((objection) => {
          if (abandon.signal.aborted) return false; // the transfer is over, and nothing of it was found out
          transfer.objection = objection;
          return objection === undefined;
        });
        // HEAD is how to have an image checked without taking it: that goes on
        const kept = transfer.method === 'HEAD' ? set : abandoningSet(set, abandon);
        return handOut(kept, conditions, approval);
      }
      case 'refused':
        return refuse(permission.refusal);
      case 'changed':
        return undefined;
    }
  }

  /** What is missing may be a folder that was moved away since the images were looked at. */
  async #whyNot(asked: Asked, found: CatalogImage, fault: SetFault): Promise<Refusal> {
    const obstacle = obstacleTo(await this.#catalog.refresh(), asked, found);
    return obstacle ?? { kind: 'incomplete', id: found.id, fault };
  }

  /** What a request for `target` was found to be a moment ago, when that was up to date for everyone who asks so. */
  recall(target: string): UpToDate | undefined {
    return this.#restriction.client === undefined ? this.#upToDate.recall(target) : undefined;
  }
}

/** The decision to give nothing. */
export function refuse(refusal: Refusal, headers: HeaderList = []): Decision {
  const retry = settlesSoon(refusal) ? ['Retry-After', String(RETRY_AFTER_SECONDS)] : [];
  return { answer: textAnswer(refusalStatus(refusal), `${refusalText(refusal)}\n`, [...retry, ...headers]), refusal };
}

/** `set`, which nobody waits for any more once it is closed. */
function abandoningSet(set: ImageSet, abandon: AbortController): ImageSet {
  const close = () => {
    abandon.abort(new Error('the client is gone'));
    return set.close();
  };
  return { ...set, close };
}

/** The decision to send `set`: to its end, or to where it is held back until there is `approval`. */
async function handOut(set: ImageSet, conditions: Conditions, approval?: Approval): Promise<Decision> {
  const answer = await updateAnswer(set, conditions, approval);
  return { answer, set, result: resultOf(answer) };
}

/** The result once `answer` was sent to its end: a range that ends with the archive completes it. */
function resultOf({ status, body }: Answer): TransferResult {
  if (status === 304) return 'not modified';
  if (body.kind !== 'archive') return 'part';
  return body.range.end === body.archive.length - 1 ? 'image' : 'part';
}

/** What a request means, or why it can mean nothing. */
function resolve(snapshot: CatalogSnapshot, asked: Asked): Resolution | Refusal {
  if (asked.image !== undefined) {
    const found = snapshot.byId.get(`${asked.box}/${asked.image}`);
    return found === undefined ? { tried: [asked.image] } : { tried: [asked.image], found };
  }
  const query = imageQuery(asked);
  if (query !== undefined) return resolveQuery(snapshot, query);
  return { kind: 'part missing', part: asked.box === undefined ? 'box' : 'board' };
}

/** Whether the answer lies in a folder that can't be read for now. */
function obstacleTo(
  snapshot: CatalogSnapshot,
  { box, image }: Asked,
  found: CatalogImage | undefined,
): Refusal | undefined {
  const folder = unreadableFolder(snapshot, { box, isByParts: image === undefined }, found);
  if (folder === undefined) return undefined;
  return { kind: 'unreadable', code: folder.code, ...(folder.box === undefined ? {} : { folder: folder.box }) };
}

function noImage(snapshot: CatalogSnapshot, { box, image }: Asked, { tried }: Resolution): Refusal {
  const nearest = nearestImage(snapshot, box ?? '', tried);
  return {
    kind: 'no image',
    tried,
    ...(image === undefined || box === undefined ? {} : { folder: box }),
    ...(nearest === undefined ? {} : { nearest }),
  };
}
