import type { Board } from '../boards/board.ts';
import { tagOf } from '../boards/board-acts.ts';
import { cut } from '../boards/board-record.ts';
import { type PinTarget, pinTargets } from '../boards/pin-targets.ts';
import type { RollOut } from '../boards/roll-out.ts';
import { readStages } from '../boards/stages.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import { servedAgainText } from '../builds/served-again-text.ts';
import { UserError } from '../errors.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import type { Faults } from '../server/faults.ts';
import { FAULT_FORMS, FAULT_OFF_TEXT, faultOrderText, parseFaultOrder } from '../server/sending/fault.ts';
import type { Acts } from './acts.ts';
import { findBoard, findBoards } from './find-boards.ts';
import { goBack } from './go-back.ts';
import type { Order } from './order.ts';
import { serveBuild } from './serve-build.ts';
import { startRollOut } from './start-roll-out.ts';

/** What an order is carried out on. */
export interface OrderParts {
  readonly acts: Acts;
  readonly boards: readonly Board[];
  /** The roll-out of an image's build, if there is one. */
  readonly rollOutOf: (image: string, build: string) => RollOut | undefined;
  readonly snapshot: CatalogSnapshot;
  /** Undefined where no builds are kept. */
  readonly builds: KeptBuilds | undefined;
  readonly by: string;
  /** Of the server whose boards these are. */
  readonly faults: Faults;
}

const NEWEST = 'newest';

/** Does what was ordered, and tells in lines of English what was done. @throws UserError where it can't be, and system errors */
export async function carryOut(order: Order, parts: OrderParts): Promise<readonly string[]> {
  const { acts, boards } = parts;
  switch (order.act) {
    case 'rename': {
      const board = findBoard(order.board, boards);
      acts.rename(board.id, order.name);
      const name = order.name?.trim() ?? '';
      return [name === '' ? `${nameOf(board)} has no name now` : `${nameOf(board)} is ${cut(name)} now`];
    }
    case 'serve-build':
      return [await serveBuildOf(order, parts)];
    case 'published':
      acts.published(order.image, order.build);
      return ['noted'];
    case 'roll-out':
      return [await rollOut(order, parts)];
    case 'pin':
      return pin(order, parts);
    case 'serve-once':
      return serveOnce(order, parts);
    case 'fault':
      return [armFault(order, parts)];
    case 'fault-off': {
      const client = parts.faults.armed?.client;
      acts.faulty(idsOf(boards.filter(({ address }) => address === client)), 'off');
      parts.faults.disarm();
      return [FAULT_OFF_TEXT];
    }
    case 'hold':
    case 'release':
    case 'unpin': {
      const found = findBoards(order.boards, boards);
      acts[order.act](idsOf(found), order.why);
      return told(found, DONE[order.act]);
    }
    case 'forget': {
      const found = findBoards(order.boards, boards);
      acts.forget(idsOf(found));
      return told(found, 'is forgotten until it asks again');
    }
    case 'tag': {
      const found = findBoards(order.boards, boards);
      const [add, remove] = [order.add.map(tagOf), order.remove.map(tagOf)];
      if ([...add, ...remove].includes('')) throw new UserError('a tag is a word: it cannot be empty');
      acts.tag(idsOf(found), { add, remove });
      return told(found, `is tagged ${[...add, ...remove.map((tag) => `not ${tag}`)].join(', ')}`);
    }
  }
}

const DONE = {
  hold: 'is on hold: it gets nothing until it is released',
  release: 'is released',
  unpin: 'gets what it asks for',
} as const;

function armFault({ board: name, fault: form }: Extract<Order, { act: 'fault' }>, parts: OrderParts): string {
  const { acts, boards, faults } = parts;
  const board = findBoard(name, boards);
  const order = parseFaultOrder(form);
  if (order === undefined || order.client !== undefined) {
    throw new UserError(`a fault on purpose is one of ${FAULT_FORMS}, not ${JSON.stringify(form)}`);
  }
  faults.arm({ ...order, client: board.address });
  acts.faulty([board.id], form);
  return faultOrderText({ ...order, client: nameOf(board) });
}

function pin({ boards: names, to, why }: Extract<Order, { act: 'pin' }>, parts: OrderParts): string[] {
  const { acts, boards, snapshot, builds } = parts;
  const found = findBoards(names, boards);
  const targets = pinTargets(found, snapshot, (image) => builds?.of(image).map(({ buildId }) => buildId) ?? []);
  const target = targetOf(to, targets);
  const { newest: _, ...pinned } = target;
  acts.pin(idsOf(found), pinned, why);
  const what = target.build === undefined ? 'the newest build' : `build ${shortBuildId(target.build)}`;
  return told(found, `is pinned to ${what} of ${target.image}`);
}

function serveOnce(
  { boards: names, image, why }: Extract<Order, { act: 'serve-once' }>,
  { acts, boards, snapshot }: OrderParts,
): string[] {
  const found = findBoards(names, boards);
  const held = found.find(({ isHeld }) => isHeld);
  if (held !== undefined) throw new UserError(`${nameOf(held)} is on hold: release it first`);
  if (image === undefined) {
    acts.serveOnce(idsOf(found), {}, why);
    return told(found, 'gets one update, when it asks next');
  }
  const isImage = ({ build }: PinTarget) => build === undefined;
  const { image: id, box } = targetOf(image, pinTargets(found, snapshot, () => []).filter(isImage));
  acts.serveOnce(idsOf(found), { image: id, ...(box !== undefined && { box }) }, why);
  return told(found, `gets ${id} once, when it asks next`);
}

/** An image by its ID or its name, or a build by the beginning of its ID. */
function targetOf(to: string, targets: readonly PinTarget[]): PinTarget {
  const isNamed = ({ image }: PinTarget) => image === to || image.endsWith(`/${to}`);
  const images = targets.filter((target) => target.build === undefined && isNamed(target));
  const found = images.length > 0 ? images : targets.filter(({ build }) => build?.startsWith(to.toLowerCase()));
  const [target, ...others] = found;
  if (target === undefined || to === '') {
    const there = [...new Set(targets.map(({ image }) => image))];
    throw new UserError(
      `there is no image and no build ${JSON.stringify(to)} for these boards` +
        (there.length === 0 ? '' : `; there is ${there.join(', ')}`),
    );
  }
  if (others.length > 0) {
    throw ambiguous(
      to,
      found.map(({ image, build }) => `${image} ${build ?? NEWEST}`),
    );
  }
  return target;
}

async function serveBuildOf(
  { image: name, build, why }: Extract<Order, { act: 'serve-build' }>,
  { acts, snapshot, builds, by }: OrderParts,
): Promise<string> {
  if (builds === undefined) throw new UserError('no builds are kept here: set KEEP_BUILDS');
  const { id } = imageNamed(name, snapshot);
  if (build === NEWEST) {
    await serveBuild(id, undefined, { acts, builds, by, why });
    return `boards get the newest build of ${id}`;
  }
  const found = builds.of(id).filter(({ buildId }) => buildId.startsWith(build.toLowerCase()));
  const [kept, ...others] = found;
  if (kept === undefined || build === '') throw new UserError(`${id} has no kept build ${JSON.stringify(build)}`);
  if (others.length > 0) {
    throw ambiguous(
      build,
      found.map(({ buildId }) => buildId),
    );
  }
  await serveBuild(id, kept.buildId, { acts, builds, by, why });
  return servedAgainText(kept.buildId, id);
}

async function rollOut(order: Extract<Order, { act: 'roll-out' }>, parts: OrderParts): Promise<string> {
  const { acts, snapshot, builds, by, rollOutOf } = parts;
  const image = imageNamed(order.image, snapshot);
  const { inPlaceOf } = image;
  const { id, state } = inPlaceOf?.newest ?? image;
  if (state.kind !== 'ready') throw new UserError(`${id} is not complete`);
  const newest = shortBuildId(state.buildId);
  if (order.build !== undefined && (order.build === '' || !state.buildId.startsWith(order.build.toLowerCase()))) {
    throw new UserError(
      `the newest build of ${id} is ${newest}, and not ${JSON.stringify(order.build)}: nothing was done`,
    );
  }
  const meanwhile = inPlaceOf === undefined ? '' : `; ${servedAgainText(inPlaceOf.choice.build, id)}`;
  if (order.step === 'start') {
    const stages = order.stages && readStages(order.stages);
    startRollOut(id, state.buildId, { ...parts, stages, why: order.why });
    return `build ${newest} of ${id} goes out in stages${meanwhile}`;
  }
  const known = rollOutOf(id, state.buildId);
  if (known === undefined || known.state.kind === 'finished')
    throw new UserError(`no build of ${id} is being rolled out`);
  const what = `the roll-out of build ${newest} of ${id}`;
  switch (order.step) {
    case 'continue':
      acts.continueRollOut(id, known.build, order.why);
      return `${what} goes on${meanwhile}`;
    case 'halt':
      acts.haltRollOut(id, known.build, order.why);
      return `${what} is halted`;
    case 'finish':
      acts.finishRollOut(id, known.build, order.why);
      return `${what} is finished${meanwhile || ': all boards get it'}`;
    case 'back': {
      const { former } = known;
      const done = await goBack(known, { acts, builds, by, why: order.why });
      if (done !== 'done' || former === undefined) {
        throw new UserError(`the build before is not kept: there is nothing to go back to`);
      }
      return `${servedAgainText(former, id)}; ${what} is halted`;
    }
  }
}

/** An image by `<box>/<image>`, or by `<image>` where one box has it. @throws UserError */
function imageNamed(name: string, { byId, byName }: CatalogSnapshot): CatalogImage {
  const image = byId.get(name);
  if (image !== undefined) return image;
  const images = byName.get(name) ?? [];
  if (images.length === 0) throw new UserError(`there is no image ${JSON.stringify(name)}`);
  return onlyOne(images, name)[0];
}

function onlyOne<T extends { id: string }>(found: readonly T[], name: string): readonly [T] {
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) {
    throw new UserError(`${JSON.stringify(name)} means ${found.map(({ id }) => id).join(' and ')}: say which`);
  }
  return [first];
}

function ambiguous(name: string, meanings: readonly string[]): UserError {
  return new UserError(`${JSON.stringify(name)} may mean ${meanings.join(' or ')}: say more of it`);
}

const idsOf = (boards: readonly Board[]) => boards.map(({ id }) => id);
const nameOf = ({ name, address }: Board) => name ?? address;

function told(boards: readonly Board[], what: string): string[] {
  return boards.map((board) => `${nameOf(board)} ${what}`);
}
