/** The files and folders that a BOXBUILD names. */
import path from 'node:path';
import { lookupIn, nameOf } from './chain.ts';
import { type Bases, boardOf, boardsIn, type Files, findBases } from './layout.ts';
import { readScript } from './script.ts';
import type { Command, Script } from './script-parts.ts';
import { expand, type Word } from './words.ts';

/** A word that names an existing file or folder. */
export interface BoxbuildLink {
  readonly start: number;
  readonly end: number;
  readonly target: string;
}

/** What a path in a BOXBUILD begins with, to tell it from other words. */
const ANCHORS: ReadonlySet<string> = new Set(['SRC', 'BOXES_BASE', 'BOARDS_BASE']);

/** Finds what `extend` leads to, and the paths that begin with a folder that mkbox names; with `$BOARD`, the first board's. */
export async function findLinks(file: string, text: string, files: Files): Promise<BoxbuildLink[]> {
  const script = readScript(text);
  const bases = await findBases(file, files);
  const own = boardOf(file, bases);
  const boards = own === undefined ? await boardsIn(bases, files) : [own];
  const links = script.commands.flatMap((command) =>
    wordsWithPaths(command).map(async (word) => {
      for (const board of boards.length === 0 ? [undefined] : boards) {
        const target = targetOf(word, command, { script, file, board, bases });
        if (target !== undefined && (await files.exists(target))) return { start: word.start, end: word.end, target };
      }
      return undefined;
    }),
  );
  return (await Promise.all(links)).filter((link) => link !== undefined);
}

function wordsWithPaths(command: Command): Word[] {
  const { words, assignments } = command;
  const isExtend = nameOf(command) === 'extend';
  const values = assignments.flatMap(({ value }) => value);
  return [...words, ...values].filter(
    (word) => (isExtend && word === words[1]) || (startsAtAnchor(word) && word.parts.length > 1),
  );
}

function startsAtAnchor({ parts }: Word): boolean {
  const first = parts.find((part) => part.kind !== 'literal' || part.text !== '');
  return first?.kind === 'variable' && ANCHORS.has(first.name);
}

interface LinkContext {
  readonly script: Script;
  readonly file: string;
  readonly board: string | undefined;
  readonly bases: Bases | undefined;
}

/** The path as far as it is written out: of `"$SRC/root/"*` the folder. */
function targetOf(word: Word, { within }: Command, { script, file, board, bases }: LinkContext): string | undefined {
  const lookup = lookupIn(script, file, board, bases);
  // mkbox calls flush() with the board's output folder as SRC
  const source = within === 'flush' && bases && board && path.join(bases.boards, board, 'output');
  const end = word.parts.findIndex(({ kind }) => kind === 'unknown');
  const parts = end === -1 ? word.parts : word.parts.slice(0, end);
  const isOnlyAnchor = !parts.some((part) => part.kind === 'literal' && part.text.replaceAll('/', '') !== '');
  if (isOnlyAnchor) return undefined;
  const value = expand({ ...word, parts }, (name) => (name === 'SRC' && source ? source : lookup(name)));
  if (value === undefined || value === '' || (end !== -1 && !value.endsWith('/'))) return undefined;
  return path.resolve(path.dirname(file), value);
}
