import type { Examination } from '../../checks/examination.ts';
import type { Finding, Gap } from '../../checks/finding.ts';
import { isVerified, judge, type Policy } from '../../checks/judgement.ts';
import type { CatalogImage, CatalogSnapshot, Replaced } from '../../images/catalog.ts';
import { type ImageParts, otherNameInside } from '../../images/image-parts.ts';
import type { FileIdentity } from '../../images/pinned-file.ts';
import { plainNameHint } from '../../images/plain-name.ts';
import { type Reachability, reachability } from '../../images/reachability.ts';
import type { SetFault } from '../../images/set-fault.ts';
import { knownParts, partsInside } from './known-parts.ts';

/** The health of an image, from worst to best: the first that applies. */
export type ImageHealth =
  | { readonly kind: 'shadowed' }
  | { readonly kind: 'incomplete'; readonly fault: SetFault }
  /** It would break a board; the gravest finding. */
  | { readonly kind: 'wrong'; readonly finding: Finding }
  | { readonly kind: 'sending' }
  | { readonly kind: 'unreachable'; readonly why: Exclude<Reachability, { kind: 'reachable' }> }
  /** `isForeign`: mkbox did not make it, and someone let it through. */
  | { readonly kind: 'ready'; readonly verified: boolean; readonly isForeign?: boolean };

/** What checks of images came to. */
export interface Checks {
  /** What is known of a file in that state. */
  known(identity: FileIdentity): Examination | undefined;
  /** What images are judged by. */
  readonly policy: Policy;
}

/** What the health of images depends on. */
export interface Surroundings {
  readonly snapshot: CatalogSnapshot;
  /** The boards that the workspace builds for; empty if unknown. */
  readonly boards: readonly string[];
  readonly checks: Checks;
  /** IDs of the images being sent now. */
  readonly sending: ReadonlySet<string>;
  /** The image as boards get it; all as they are without it. */
  readonly published?: (image: CatalogImage) => CatalogImage;
}

/** What a check of an image came to. */
export interface Check {
  readonly examination: Examination;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

/** An image with what can be told of it. */
export interface JudgedImage {
  readonly image: CatalogImage;
  /** The parts by which a board gets it. */
  readonly parts: ImageParts | undefined;
  /** The image that a board asks for when it runs this one, if that is another. */
  readonly otherName?: string | undefined;
  readonly health: ImageHealth;
  /** Undefined until it was checked. */
  readonly check: Check | undefined;
  /** Present while boards get an earlier build in its place. */
  readonly replaced?: Replaced;
}

/** Judges `image`. Reachability is judged only where its parts, or the workspace's boards, are known. */
export function judgedImage(image: CatalogImage, surroundings: Surroundings): JudgedImage {
  const check = checkOf(image, surroundings.checks);
  const parts = knownParts(image, check?.examination, surroundings.boards);
  const inside = partsInside(check?.examination);
  const otherName = inside && otherNameInside(image.image, inside);
  const replaced = surroundings.published?.(image).inPlaceOf;
  const health = healthOf(image, parts, check, surroundings);
  return { image, parts, otherName, health, check, ...(replaced && { replaced }) };
}

/** The examination of `image`, compared with its small files and its name. */
export function checkOf({ image, state }: CatalogImage, checks: Checks): Check | undefined {
  if (state.kind !== 'ready') return undefined;
  const examination = checks.known(state.zstIdentity);
  return examination && { examination, ...judge({ ...state, image }, examination, checks.policy) };
}

function healthOf(
  image: CatalogImage,
  parts: ImageParts | undefined,
  check: Check | undefined,
  { snapshot, boards, sending }: Surroundings,
): ImageHealth {
  if (snapshot.byId.get(image.id) !== image) return { kind: 'shadowed' };
  if (image.state.kind === 'incomplete') return { kind: 'incomplete', fault: image.state.fault };
  const [finding] = check?.findings ?? [];
  if (finding !== undefined) return { kind: 'wrong', finding };
  if (sending.has(image.id)) return { kind: 'sending' };
  const mayBeAsked = parts === undefined && boards.length === 0 && plainNameHint(image.image) === undefined;
  const why = mayBeAsked ? undefined : reachability(snapshot, image, parts);
  if (why !== undefined && why.kind !== 'reachable') return { kind: 'unreachable', why };
  return {
    kind: 'ready',
    verified: check !== undefined && isVerified(check),
    ...(check?.gaps.some(({ kind }) => kind === 'foreign') && { isForeign: true }),
  };
}
