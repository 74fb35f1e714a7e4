import { UserError } from '../errors.ts';
import type { ImageReport } from '../status/report.ts';

/** A build that someone named: the newest of an image, or one that is known by its ID. */
export type FoundBuild =
  | { readonly kind: 'image'; readonly id: string }
  | { readonly kind: 'build'; readonly buildId: string };

const BUILD_ID = /^[0-9a-f]{4,64}$/;

/** A line of them, not a page. */
const MOST_NAMED = 5;

/**
 * The build that `text` means: `<box>/<image>` or `<image>` its newest one, the beginning of a build ID that build.
 * `builds`: the IDs of those that no image has any more.
 * @throws UserError for what means none, or several
 */
export function findBuild(text: string, images: readonly ImageReport[], builds: readonly string[]): FoundBuild {
  const named = images.filter(({ id }) => id === text || id.slice(id.indexOf('/') + 1) === text);
  const image = named.find(({ id }) => id === text) ?? named[0];
  if (named.length > 1 && image?.id !== text) {
    throw new UserError(`${JSON.stringify(text)} is the name of ${named.length} images: ${listed(named.map(idOf))}`);
  }
  if (image !== undefined) return { kind: 'image', id: image.id };
  const beginning = text.toLowerCase();
  if (!BUILD_ID.test(beginning)) {
    const all = images.length === 0 ? '' : `; there are ${listed(images.map(idOf))}`;
    throw new UserError(`${JSON.stringify(text)} is no image${all}, and not the beginning of a build ID`);
  }
  const newest = new Map(images.map(({ id, ...report }) => [newestBuild(report), id]));
  const kept = images.flatMap((report) => report.kept?.map(({ buildId }) => buildId) ?? []);
  const known = new Set([...newest.keys(), ...kept, ...builds].filter((buildId) => buildId !== undefined));
  const [buildId, ...others] = [...known].filter((id) => id.toLowerCase().startsWith(beginning));
  if (buildId === undefined) throw new UserError(`nothing is known of a build whose ID begins with ${beginning}`);
  if (others.length > 0) {
    throw new UserError(`${others.length + 1} builds begin with ${beginning}: ${listed([buildId, ...others])}`);
  }
  const id = newest.get(buildId);
  return id === undefined ? { kind: 'build', buildId } : { kind: 'image', id };
}

/** The one in the image's folder, which another may be served in place of. */
function newestBuild({ buildId, inPlaceOf }: Pick<ImageReport, 'buildId' | 'inPlaceOf'>): string | undefined {
  return inPlaceOf === undefined ? buildId : inPlaceOf.newest;
}

function idOf({ id }: ImageReport): string {
  return id;
}

function listed(names: readonly string[]): string {
  return [...names.slice(0, MOST_NAMED), ...(names.length > MOST_NAMED ? ['…'] : [])].join(', ');
}
