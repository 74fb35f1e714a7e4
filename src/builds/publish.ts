import { randomBytes } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { findingText } from '../checks/finding-text.ts';
import type { ImageChecks } from '../checks/image-checks.ts';
import { buildIdInside } from '../contents/raw-image.ts';
import { systemErrorCode, UserError, unlessBug } from '../errors.ts';
import { PATIENT_LOOKS } from '../images/file-looks.ts';
import { SET_FILES } from '../images/image-name.ts';
import { openImageSet, type SetLocation } from '../images/image-set.ts';
import { type ImageState, inspectImage } from '../images/image-state.ts';
import { packImage } from '../images/packing/pack.ts';
import { publishSet } from '../images/packing/set-publication.ts';
import { accessOf, type NewAccess, type SetAccess, unreadableText } from '../images/set-access.ts';
import { faultText } from '../images/set-fault-text.ts';
import { copySet } from './copy-set.ts';
import { lockFolder } from './folder-lock.ts';
import { PUBLISH_FOLDER, recoverPublication, recoverPublications, removeStaged, STAGING } from './publish-recovery.ts';

/** A set that lies elsewhere, or a raw image alone, which is packed. */
export interface PublishSource {
  readonly folder: string;
  readonly image: string;
  readonly isRaw: boolean;
  /** The build ID of a raw image that says none inside. */
  readonly buildId?: string | undefined;
}

/** What publishing depends on. */
export interface PublishParts {
  readonly checks: ImageChecks;
  /** Keeps the set that is to be replaced, which was found right; answers why it can't be kept, if so, in words. */
  readonly keep: (former: FormerSet) => Promise<string | undefined>;
  readonly signal?: AbortSignal | undefined;
  /** Called when another process publishes in that folder, and is waited for. */
  readonly onWait?: () => void;
}

/** Why a former set is not kept that nobody should go back to. */
const NOT_VALID = 'it is not valid';

type ReadyState = Extract<ImageState, { kind: 'ready' }>;

/** A set that is replaced, as it was seen. */
export interface FormerSet extends SetLocation {
  readonly state: ReadyState;
}

/** A build that was replaced, and why it is not kept, if so. */
export interface FormerBuild {
  readonly buildId: string;
  readonly unkept: string | undefined;
}

/** What came of it. */
export type Publication =
  /** The same set was there already, and right to the last byte: a damaged one is replaced. */
  | { readonly kind: 'there already'; readonly buildId: string }
  /** `former`: the build that it replaced, if there was one that was complete. */
  | {
      readonly kind: 'published';
      readonly buildId: string;
      readonly zstBytes: number;
      readonly former?: FormerBuild;
    };

/**
 * Publishes a set that lies elsewhere in the folder of a box: it is copied beside the one that it replaces, or packed there,
 * for whoever may read that one; checked to the last byte; the former one is kept; and then it takes its place so that no
 * request sees files of both (`publishSet`). One process at a time does so in a folder. When this throws, the former set is as it was.
 * @throws UserError when the set is not whole or not right, the disk has no room, or whoever may read the former set could
 * not read this one; system errors; the signal's reason
 */
export async function publish(
  source: PublishSource,
  folder: string,
  { checks, keep, signal, onWait }: PublishParts,
): Promise<Publication> {
  const root = await realpath(folder);
  const work = path.join(folder, PUBLISH_FOLDER);
  await using lock = await lockFolder(work, signal, onWait).catch((error: unknown) => {
    throw whyUnpublished(error, folder, source.image);
  });
  await recoverPublications(folder, lock);
  const { image } = source;
  const staging = path.join(work, STAGING + randomBytes(6).toString('hex'));
  let publication: Extract<Publication, { kind: 'published' }> | undefined;
  try {
    await mkdir(staging);
    await stage(source, staging, (await accessOf(folder, image)) ?? 'usual', signal);
    const staged = await rightSet({ root, folder: staging, image }, checks, signal);
    const former = await readySet({ root, folder, image });
    const isRight = former !== undefined && (await isRightSet(former, { root, folder, image }));
    if (isRight && isSame(former, staged)) {
      await removeStaged(staging);
      return { kind: 'there already', buildId: staged.buildId };
    }
    const unkept = isRight ? await keep({ root, folder, image, state: former }) : NOT_VALID;
    signal?.throwIfAborted();
    await lock.requireHeld();
    const { buildId, zstBytes } = staged;
    const told = former && { former: { buildId: former.buildId, unkept } };
    publication = { kind: 'published', buildId, zstBytes, ...told };
    await publishSet(folder, image, partsIn(staging, image), signal);
    await removeStaged(staging);
    return publication;
  } catch (error) {
    const isHeld = await lock.isHeld().catch(unlessBug);
    // what can't be made whole now is, by the next one who publishes; after the lock was lost, by the one who has it
    if (isHeld) await recoverPublication(folder, staging).catch(unlessBug);
    else if (publication === undefined) await removeStaged(staging).catch(unlessBug); // nobody else needs it
    // from the moment that the new `.img.zst` has its place, the rest of the set followed it
    if (publication !== undefined && (await readySet({ root, folder, image }))?.buildId === publication.buildId) {
      return publication;
    }
    if (isHeld === false && !signal?.aborted) throw new UserError(takenOverText(folder, image), { cause: error });
    throw whyUnpublished(error, folder, image);
  }

  async function isRightSet(state: ReadyState, location: SetLocation): Promise<boolean> {
    return (await verdictOn(state, location, checks, signal)).kind === 'right';
  }
}

/** Copies or packs the set into `staging`, for those whom `access` lets read it, and syncs it. */
async function stage(
  { folder, image, isRaw, buildId }: PublishSource,
  staging: string,
  access: NewAccess<SetAccess>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (isRaw) {
    const wanted = { folder, image, target: staging, readBuildId: buildIdInside, buildId, access };
    await packImage({ ...wanted, ...(signal && { signal }) });
    return;
  }
  const set = await openImageSet({ root: folder, folder, image });
  if ('problem' in set) throw new UserError(`${image} is not published: ${faultText(set)}, in ${folder}`);
  try {
    const giveWay = async () => signal?.throwIfAborted();
    const result = await copySet(set, staging, { giveWay, access });
    if (result === 'no room') throw new UserError(noRoomText(path.dirname(path.dirname(staging)), image));
    if (result === 'unreadable') throw new UserError(`${image} is not published: ${unreadableText()}`);
    if (result === 'changed')
      throw new UserError(`${image} is not published: its files changed while they were copied`);
  } finally {
    await set.close();
  }
}

async function readySet(location: SetLocation): Promise<ReadyState | undefined> {
  const { state } = await inspectImage(location, false, PATIENT_LOOKS);
  return state.kind === 'ready' ? state : undefined;
}

/** The staged set, which must be right. */
async function rightSet(location: SetLocation, checks: ImageChecks, signal?: AbortSignal): Promise<ReadyState> {
  const state = await readySet(location);
  const verdict = state && (await verdictOn(state, location, checks, signal));
  if (state !== undefined && verdict?.kind === 'right') return state;
  const { image } = location;
  if (verdict?.kind === 'wrong') {
    throw new UserError(`${image} is not published: ${findingText(image, verdict.findings[0])}`);
  }
  const why = verdict?.kind === 'failed' ? `it could not be checked (${verdict.code})` : 'its copy was changed';
  throw new UserError(`${image} is not published: ${why}`);
}

function verdictOn(state: ReadyState, location: SetLocation, checks: ImageChecks, signal?: AbortSignal) {
  const { zstIdentity: identity, buildId, checksums } = state;
  return checks.verdict({ ...location, identity, buildId, checksums }, signal && { signal });
}

function isSame(one: ReadyState, other: ReadyState): boolean {
  return one.buildId === other.buildId && one.checksums.zst === other.checksums.zst;
}

function partsIn(folder: string, image: string) {
  const place = (role: keyof typeof SET_FILES) => path.join(folder, image + SET_FILES[role]);
  return { buildId: place('buildId'), zst: place('zst'), checksums: place('checksums') };
}

function noRoomText(folder: string, image: string): string {
  return `${image} is not published: there is not enough room in ${folder}; the former set is as it was`;
}

function takenOverText(folder: string, image: string): string {
  return `${image} is not published: another process took over in ${folder}, since this one stood still for too long; publish it again`;
}

/** Why `image` was not published in `folder`, for an error of the system that a person can do something about; any other as it is. */
export function whyUnpublished(cause: unknown, folder: string, image: string): unknown {
  switch (systemErrorCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new UserError(noRoomText(folder, image), { cause });
    case 'EROFS':
      return new UserError(`${image} is not published: ${folder} is on a read-only file system`, { cause });
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${image} is not published: ${folder} cannot be written to; check its permissions`, {
        cause,
      });
    default:
      return cause;
  }
}
