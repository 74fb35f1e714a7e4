import type { CatalogImage, CatalogSnapshot } from './catalog.ts';
import type { ImageParts } from './image-parts.ts';
import { plainNameHint } from './plain-name.ts';
import { resolveQuery } from './resolution.ts';

/** Whether a board that asks by parts gets an image. */
export type Reachability =
  | { readonly kind: 'reachable' }
  /** No board's curl can send its name. */
  | { readonly kind: 'not plain' }
  /** Its name holds none of the workspace's boards, so no board asks for it. */
  | { readonly kind: 'no board' }
  /** A board that asks for its parts gets the image of that ID instead. */
  | { readonly kind: 'hidden'; readonly by: string };

/** Whether a board of the box and board in `parts` gets `image` when it asks for its branch and version. */
export function reachability(
  snapshot: CatalogSnapshot,
  image: CatalogImage,
  parts: ImageParts | undefined,
): Reachability {
  if (plainNameHint(image.image) !== undefined) return { kind: 'not plain' };
  if (parts === undefined) return { kind: 'no board' };
  const { box: name, ...rest } = parts;
  const { found } = resolveQuery(snapshot, { name, ...rest });
  return found === undefined || found.id === image.id ? { kind: 'reachable' } : { kind: 'hidden', by: found.id };
}
