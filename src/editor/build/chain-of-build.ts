import { type Chain, readChain } from '../../boxbuild/chain.ts';
import { findBases } from '../../boxbuild/layout.ts';
import type { BuildWish } from '../../boxbuild/order.ts';
import { EDITOR_FILES } from './editor-files.ts';

/** The BOXBUILD of a build, and what it extends. */
export async function chainOfBuild({ boxbuild, board }: BuildWish): Promise<Chain> {
  const text = (await EDITOR_FILES.read(boxbuild)) ?? '';
  return readChain(boxbuild, text, board, await findBases(boxbuild, EDITOR_FILES), EDITOR_FILES);
}
