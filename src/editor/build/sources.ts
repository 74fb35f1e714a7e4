import path from 'node:path';
import { readChain } from '../../boxbuild/chain.ts';
import { boardOf, findBases } from '../../boxbuild/layout.ts';
import { EDITOR_FILES } from './editor-files.ts';

/** A file or a folder that an image is made of. */
export interface Source {
  readonly path: string;
  /** Made by a board's build: git ignores it, and it counts nevertheless. */
  readonly isOutput: boolean;
}

/** What an image is made of: the folders of its box and of all that it extends, and what mkbox takes of the board's. */
export async function sourcesOf(boxbuild: string, board: string): Promise<Source[]> {
  const bases = await findBases(boxbuild, EDITOR_FILES);
  const text = (await EDITOR_FILES.read(boxbuild)) ?? '';
  const { steps } = await readChain(boxbuild, text, board, bases, EDITOR_FILES);
  const ofBoard = (folder: string) => [
    { path: path.join(folder, 'BOXBUILD'), isOutput: false },
    { path: path.join(folder, 'config'), isOutput: false },
    { path: path.join(folder, 'output'), isOutput: true },
  ];
  return steps.flatMap(({ path: file }) => {
    const folder = path.dirname(file);
    return boardOf(file, bases) === undefined ? [{ path: folder, isOutput: false }] : ofBoard(folder);
  });
}
