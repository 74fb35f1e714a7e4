import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';

/** The image that has that build now, of that ID if several have it; undefined where the build is gone. */
export function imageOfBuild(
  { images, shadowed }: CatalogSnapshot,
  buildId: string,
  id?: string,
): CatalogImage | undefined {
  const found = [...images, ...shadowed].filter(({ state }) => state.kind === 'ready' && state.buildId === buildId);
  return id === undefined ? found[0] : found.find((image) => image.id === id);
}
