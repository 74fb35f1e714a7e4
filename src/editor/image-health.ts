import type { CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import { type ImageParts, splitImageName } from '../images/image-parts.ts';
import { type Reachability, reachability } from '../images/reachability.ts';
import type { SetFault } from '../images/set-fault.ts';
import type { ContentVerdict } from './verdicts.ts';

/** How an image is, from worst to best: the first that applies. */
export type ImageHealth =
  | { readonly kind: 'shadowed' }
  | { readonly kind: 'incomplete'; readonly fault: SetFault }
  | { readonly kind: 'wrong checksum' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'unreachable'; readonly why: Exclude<Reachability, { kind: 'reachable' }> }
  | { readonly kind: 'ready'; readonly verified: boolean };

/** What the health of images is judged by. */
export interface Surroundings {
  readonly snapshot: CatalogSnapshot;
  /** The boards that the workspace builds for; none where they are not known. */
  readonly boards: readonly string[];
  readonly verdictOf: (image: CatalogImage) => ContentVerdict | undefined;
  /** IDs of the images being sent now. */
  readonly sending: ReadonlySet<string>;
}

/** An image with what can be told of it. */
export interface JudgedImage {
  readonly image: CatalogImage;
  readonly parts: ImageParts | undefined;
  readonly health: ImageHealth;
}

/** Judges `image`. Reachability is judged only where the workspace's boards are known. */
export function judge(image: CatalogImage, surroundings: Surroundings): JudgedImage {
  const parts = splitImageName(image.image, image.box, surroundings.boards);
  return { image, parts, health: healthOf(image, parts, surroundings) };
}

function healthOf(
  image: CatalogImage,
  parts: ImageParts | undefined,
  { snapshot, boards, verdictOf, sending }: Surroundings,
): ImageHealth {
  if (snapshot.byId.get(image.id) !== image) return { kind: 'shadowed' };
  if (image.state.kind === 'incomplete') return { kind: 'incomplete', fault: image.state.fault };
  const verdict = verdictOf(image);
  if (verdict?.kind === 'wrong') return { kind: 'wrong checksum' };
  if (sending.has(image.id)) return { kind: 'sending' };
  const why = boards.length === 0 ? undefined : reachability(snapshot, image, parts);
  if (why !== undefined && why.kind !== 'reachable') return { kind: 'unreachable', why };
  return { kind: 'ready', verified: verdict !== undefined };
}
