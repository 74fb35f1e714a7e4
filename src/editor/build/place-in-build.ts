import { readChain } from '../../boxbuild/chain.ts';
import { findBases } from '../../boxbuild/layout.ts';
import type { BuildWish } from '../../boxbuild/order.ts';
import { type PackagePlace, placeOfPackage } from '../../boxbuild/package-place.ts';
import { EDITOR_FILES } from './editor-files.ts';

/** Where the BOXBUILD of a build, or one that it extends, names a package. */
export async function placeInBuild({ boxbuild, board }: BuildWish, name: string): Promise<PackagePlace | undefined> {
  const text = (await EDITOR_FILES.read(boxbuild)) ?? '';
  const bases = await findBases(boxbuild, EDITOR_FILES);
  return placeOfPackage(await readChain(boxbuild, text, board, bases, EDITOR_FILES), name);
}
