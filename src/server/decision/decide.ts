import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage, CatalogSnapshot, ImageSource } from '../../images/catalog.ts';
import { searchImages } from '../../images/image-search.ts';
import { buildIdOf } from '../../images/image-state.ts';
import { nearestImage, type Resolution, resolveQuery, unreadableFolder } from '../../images/resolution.ts';
import type { SetFault } from '../../images/set-fault.ts';
import { type Identity, isLoopback } from '../admission/identity.ts';
import { REOPEN_ATTEMPTS, VERDICT_WAIT_MS } from '../limits.ts';
import type { Refusal } from '../refusal.ts';
import { jsonAnswer, textAnswer } from './answer.ts';
import { type Asked, imageQuery } from './asked.ts';
import type { Asking } from './asking.ts';
import { type Assigned, type Assigner, NEWEST_FOR_ALL } from './assigned.ts';
import { type Decision, decided, type Found, refuse, upToDate } from './decision.ts';
import { OfferedImages } from './offered-images.ts';
import { OfferedSet } from './offered-set.ts';
import { askPermission } from './permission.ts';
import { SetLooks } from './set-looks.ts';

/** Which images are served, and to whom. */
export interface Restriction {
  /** Only the image of this ID, `<box>/<image>`. */
  readonly only?: string;
  /** Only the client of this address. */
  readonly client?: string;
}

/** Options of the decider. */
export interface DecideOptions {
  /** Asked at each update; everyone gets the newest without it. */
  readonly assigner?: Assigner | undefined;
  /** How long the first byte of an unexamined set may be delayed; `VERDICT_WAIT_MS` without it. */
  readonly verdictWaitMs?: number | undefined;
  /** What programs on the same machine get at `/identity`; nothing without it. */
  readonly identity?: Identity | undefined;
}

/** What tells which board asks, and whether one does. */
export type Asker = Pick<Asking, 'client' | 'isLook' | 'isTrial'>;

/** Decides the answers to requests, from the catalog as it is at that moment. */
export class Decider {
  readonly #catalog: ImageSource;
  readonly #checks: ImageChecks;
  readonly #offered: OfferedImages;
  readonly #looks = new SetLooks();
  readonly #assigner: Assigner;
  readonly #verdictWaitMs: number;
  readonly #identity: Identity | undefined;
  #restriction: Restriction = {};

  constructor(catalog: ImageSource, checks: ImageChecks, options: DecideOptions = {}) {
    const { assigner = NEWEST_FOR_ALL, verdictWaitMs = VERDICT_WAIT_MS, identity } = options;
    this.#catalog = catalog;
    this.#checks = checks;
    this.#offered = new OfferedImages(checks);
    this.#assigner = assigner;
    this.#verdictWaitMs = verdictWaitMs;
    this.#identity = identity;
  }

  /** From now on serves only what `restriction` says. */
  restrict(restriction: Restriction): void {
    this.#restriction = restriction;
  }

  /** Decides a request. Dispose the decision once its answer was sent. */
  async decide(asked: Asked, asking: Asking): Promise<Decision> {
    switch (asked.kind) {
      case 'update':
        return this.#update(asked, asking);
      case 'list':
        return this.#list(asked);
      case 'identity':
        if (this.#identity === undefined || !isLoopback(asking.client)) return noPath();
        return decided({ asked }, jsonAnswer(this.#identity), 'identity');
      case 'other':
        return noPath();
    }
  }

  /** `/list`: a line for each image that a board can get, of those that the search finds. */
  async #list(asked: Asked): Promise<Decision> {
    const snapshot = await this.#catalog.refresh();
    const unknown = snapshot.unreadable.find(({ box, isKept }) => box === undefined && !isKept);
    if (unknown !== undefined) return refuse({ asked }, { kind: 'unreadable', code: unknown.code });
    const ready = this.#offered.of(snapshot);
    const found = asked.search === undefined ? ready : searchImages(ready, asked.search);
    const lines = found.map((image) => `${image.id}\n`);
    return decided({ asked }, textAnswer(200, lines.join('')), 'list');
  }

  /** Whether others that ask the same may get what was found: it is of the image that they ask for. */
  isForOthers({ asked, resolution }: Found): boolean {
    if (this.#assigner.isPlain) return true;
    const asksFor = resolve(this.#catalog.snapshot, asked);
    return !('kind' in asksFor) && asksFor.found === resolution?.found;
  }

  /** Whether the client gets what was found a moment ago of the same request, which was up to date. */
  holdsFor(asking: () => Asker, { asked, resolution, servedBuildId }: Found): boolean {
    if (this.#assigner.isPlain) return true;
    const found = resolution?.found;
    const assigned = this.#assigned(asking(), asked, this.#catalog.snapshot, found, servedBuildId);
    if (assigned.kind !== 'instead') return assigned.kind === 'newest';
    const { image, build = servedBuildId } = assigned;
    return image === found && build === servedBuildId; // it is pinned to what it asks for
  }

  async #update(asked: Asked, asking: Asking): Promise<Decision> {
    const { client } = asking;
    const snapshot = await this.#catalog.refresh();
    const asksFor = resolve(snapshot, asked);
    const wanted = 'kind' in asksFor ? undefined : asksFor.found;
    let newest = buildIdOf(wanted);
    for (let attempt = 1; ; attempt++) {
      const assigned = this.#assigned(asking, asked, snapshot, wanted, newest);
      const place = assigned.kind === 'instead' ? placeOf(assigned.image) : asked;
      const resolution = assigned.kind === 'instead' ? resolvedTo(assigned.image) : asksFor;
      if ('kind' in resolution) return refuse({ asked }, resolution);
      const known = { asked, resolution };
      if (assigned.kind === 'withheld') return upToDate(known, assigned.why);
      const { found } = resolution;
      const obstacle = obstacleTo(snapshot, place, found) ?? this.#restricted(client, found);
      if (obstacle !== undefined) return refuse(known, obstacle);
      if (found === undefined) return refuse(known, noImage(snapshot, asked, resolution));
      const build = assigned.kind === 'instead' ? assigned.build : newest;
      const sent = await this.#send({ known, place, found, build }, asking);
      if ('answer' in sent) return sent;
      if (attempt >= REOPEN_ATTEMPTS) return refuse(known, { kind: 'being written', id: found.id });
      if (assigned.kind === 'newest') newest = sent.seen;
      else if (build !== undefined && sent.seen !== build) return upToDate(known, 'build missing');
    }
  }

  /** The decision to send an image, if it still is the `build` that was looked for; else the build that was seen. */
  async #send({ known, place, found, build }: Sendable, asking: Asking): Promise<Decision | { readonly seen: string }> {
    const { buildId } = known.asked;
    if (buildId !== undefined && buildId === build && buildId === (await this.#looks.buildIdInSight(found))) {
      return upToDate({ ...known, servedBuildId: buildId });
    }
    const set = await this.#looks.open(found);
    if ('problem' in set) return refuse(known, await this.#whyNot(place, found, set));
    const seen = { seen: set.buildId };
    const offered = new OfferedSet(set);
    try {
      if (build !== undefined && set.buildId !== build) return seen;
      return (await this.#offer({ ...known, servedBuildId: set.buildId }, found, offered, asking)) ?? seen;
    } finally {
      if (!offered.isHandedOut) await offered[Symbol.asyncDispose]();
    }
  }

  #assigned(
    { client, isLook = false, isTrial = false }: Asker,
    asked: Asked,
    snapshot: CatalogSnapshot,
    found: CatalogImage | undefined,
    build: string | undefined,
  ): Assigned {
    const isServedOnce = this.#restriction.client === client;
    const purpose = isTrial ? 'tries' : isLook ? 'looks' : 'asks';
    return this.#assigner.assign({ client, asked, snapshot, found, build, isServedOnce, purpose });
  }

  /** Why `client` does not get the image while serving is limited. */
  #restricted(client: string, found: CatalogImage | undefined): Refusal | undefined {
    const { only, client: onlyClient } = this.#restriction;
    if (found === undefined) return undefined;
    if (only !== undefined && found.id !== only) return { kind: 'not this one', id: found.id, only };
    if (onlyClient !== undefined && client !== onlyClient) return { kind: 'not this board', only: onlyClient };
    return undefined;
  }

  /** Decides a request that was resolved to `image`; undefined if the file was replaced meanwhile. */
  async #offer(known: Found, image: CatalogImage, offered: OfferedSet, asking: Asking): Promise<Decision | undefined> {
    const { set } = offered;
    if (known.asked.buildId === set.buildId) return upToDate(known);
    const permission = await askPermission(this.#checks, image, set, this.#verdictWaitMs, offered.signal);
    switch (permission.kind) {
      case 'granted':
        return offered.handOut(known, asking);
      case 'pending':
        return offered.handOut(known, asking, permission.objection);
      case 'refused':
        return refuse(known, permission.refusal);
      case 'changed':
        return undefined;
    }
  }

  /** A missing image may be in a folder that was moved away since the images were looked at. */
  async #whyNot(asked: Asked, found: CatalogImage, fault: SetFault): Promise<Refusal> {
    const obstacle = obstacleTo(await this.#catalog.refresh(), asked, found);
    if (obstacle !== undefined) return obstacle;
    return { kind: 'incomplete', id: found.id, fault, ...(found.isKept && { isEarlier: true }) };
  }
}

/** An image that is to be sent. */
interface Sendable {
  readonly known: Found;
  /** The folder and image that are looked for. */
  readonly place: Asked;
  readonly found: CatalogImage;
  /** The build that it is taken to be; undefined where any will do. */
  readonly build: string | undefined;
}

/** The decision on anything but the boards' endpoints. Clients that may not see `/identity` get the same there. */
export function noPath(): Decision {
  return refuse({ asked: { kind: 'other' } }, { kind: 'path' });
}

/** What a board asks for that gets `image`, whatever it asks for. */
function placeOf({ box, image }: CatalogImage): Asked {
  return { kind: 'update', box, image };
}

function resolvedTo(image: CatalogImage): Resolution {
  return { tried: [image.image], found: image };
}

/** What a request asks for, or why it makes no sense. */
function resolve(snapshot: CatalogSnapshot, asked: Asked): Resolution | Refusal {
  if (asked.image !== undefined) {
    const found = snapshot.byId.get(`${asked.box}/${asked.image}`);
    return found === undefined ? { tried: [asked.image] } : { tried: [asked.image], found };
  }
  const query = imageQuery(asked);
  if (query !== undefined) return resolveQuery(snapshot, query);
  if (asked.box !== undefined) return { kind: 'part missing', part: 'board' };
  return { kind: 'part missing', part: asked.isServer ? 'query' : 'box' };
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
