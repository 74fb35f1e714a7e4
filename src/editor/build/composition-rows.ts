import { readChain } from '../../boxbuild/chain.ts';
import { type Composition, type CompositionStep, compositionOf } from '../../boxbuild/composition.ts';
import { type Files, findBases } from '../../boxbuild/layout.ts';
import { bytesText, type Words } from '../words/words.ts';
import type { PartNode } from './build-nodes.ts';
import type { BoxRecipe } from './recipes.ts';

/** What a box consists of, as rows: its boards, then each BOXBUILD of its chain, with the packages that it adds. */
export async function partsOfBox(
  { boxbuild, boards }: BoxRecipe,
  files: Files,
  words: Words,
  locale: string,
): Promise<PartNode[]> {
  const bases = await findBases(boxbuild, files);
  const text = (await files.read(boxbuild)) ?? '';
  const found: [board: string, Composition][] = [];
  for (const board of boards) {
    found.push([board, compositionOf(await readChain(boxbuild, text, board, bases, files), bases)]);
  }
  const without = compositionOf(await readChain(boxbuild, text, boards[0], bases, files), bases);
  const boardRows = found.map(([board, composition]) => boardRow(board, composition, boxbuild, words, locale));
  const id = `${boxbuild}\0boards`;
  const description = new Intl.NumberFormat(locale).format(boards.length);
  const all: PartNode = {
    kind: 'part',
    id,
    label: words.t('Boards'),
    description,
    icon: 'circuit-board',
    children: boardRows,
  };
  const steps = without.steps.filter(({ board }) => board === undefined);
  return [...(boards.length === 0 ? [] : [all]), ...steps.map((step) => stepRow(step, boxbuild, words, locale))];
}

function boardRow(
  board: string,
  { steps, rootBytes, isKnown }: Composition,
  boxbuild: string,
  words: Words,
  locale: string,
): PartNode {
  const own = steps.find((step) => step.board !== undefined);
  const root = rootBytes === undefined ? undefined : words.t('root partition {0}', sizeText(rootBytes, locale));
  const boot =
    own?.bootBytes === undefined ? undefined : words.t('boot partition {0}', sizeText(own.bootBytes, locale));
  const unknown = isKnown ? undefined : words.t('and what only bash can tell');
  return {
    kind: 'part',
    id: `${boxbuild}\0boards\0${board}`,
    label: board,
    description: [root, boot, unknown].filter((text) => text !== undefined).join(' · '),
    icon: 'circuit-board',
    ...(own !== undefined && { file: own.boxbuild }),
    children: [],
  };
}

function stepRow(step: CompositionStep, boxbuild: string, words: Words, locale: string): PartNode {
  const { packages, initramfsPackages, rootBytes } = step;
  const id = `${boxbuild}\0${step.boxbuild}`;
  const row = (name: string, where: string) => ({
    kind: 'part' as const,
    id: `${id}\0${where}\0${name}`,
    label: name,
    description: where,
    icon: 'package',
    children: [],
  });
  const size = rootBytes === undefined ? words.t('size not known') : `+${sizeText(rootBytes, locale)}`;
  return {
    kind: 'part',
    id,
    label: step.folder,
    description: [packageCountText(packages.length + initramfsPackages.length, words), size].join(' · '),
    icon: 'layers',
    file: step.boxbuild,
    children: [...packages.map((name) => row(name, '')), ...initramfsPackages.map((name) => row(name, 'initramfs'))],
  };
}

function packageCountText(count: number, words: Words): string {
  if (count === 0) return words.t('no packages');
  return count === 1 ? words.t('1 package') : words.t('{0} packages', count);
}

/** BOXBUILDs count in powers of 1024: `32M` is shown as it stands there. */
function sizeText(bytes: number, locale: string): string {
  const mebibytes = bytes / 1024 ** 2;
  const isWhole = Number.isInteger(mebibytes);
  return isWhole ? `${new Intl.NumberFormat(locale).format(mebibytes)} MiB` : bytesText(bytes, locale);
}
