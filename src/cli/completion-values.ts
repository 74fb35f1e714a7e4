import { BoardNames } from '../control/board-names.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { StatusReport } from '../status/report.ts';
import type { Suggestion, Wanted } from './completion.ts';

/** What a running server has of what is wanted, where the word at the cursor begins with `begun`. */
export function valuesOf(wanted: Wanted, report: StatusReport, begun: string): readonly Suggestion[] {
  switch (wanted.kind) {
    case 'board':
      return [...boards(report, begun), ...tags(report).map(({ word, about }) => ({ word: `tag:${word}`, about }))];
    case 'tag':
      return tags(report);
    case 'image':
    case 'image or file':
      return images(report);
    case 'box':
      return [...new Set(report.images.map(({ id }) => boxOf(id)))].map((word) => ({ word, about: 'a box' }));
    case 'build':
      return [{ word: 'newest', about: 'the newest build' }, ...builds(report, begun, wanted.of)];
    case 'build or image':
      return [...images(report), ...builds(report, begun)];
    default:
      return [];
  }
}

/** Each board once, as people call it; by its other names where someone began to type one of them. None means others, too. */
function boards({ boards: known }: StatusReport, begun: string): Suggestion[] {
  const names = new BoardNames(known);
  return known.flatMap((board) => {
    const { address, state } = board;
    const words = begun === '' ? names.of(board).slice(0, 1) : names.of(board);
    return words.map((word) => ({ word, about: `${word === address ? '' : `${address}, `}${state.kind}` }));
  });
}

function tags({ boards: known }: StatusReport): Suggestion[] {
  const counts = new Map<string, number>();
  for (const tag of known.flatMap(({ tags: given = [] }) => given)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ word, about: count === 1 ? '1 board' : `${count} boards` }));
}

function images({ images: known }: StatusReport): Suggestion[] {
  return known.map(({ id, state }) => ({ word: id, about: state }));
}

/** Builds of an image, or of all: those that are served, and those that are kept. */
function builds({ images: known }: StatusReport, begun: string, of?: string): Suggestion[] {
  const named = of === undefined ? known : known.filter(({ id }) => id === of || id.endsWith(`/${of}`));
  return named.flatMap(({ id, buildId, kept = [] }) => {
    const ids = new Set([...(of === undefined && buildId !== undefined ? [buildId] : []), ...kept.map(buildIdOf)]);
    return [...ids].map((build) => ({ word: begunBuild(build, begun), about: id }));
  });
}

/** As short as people write it, but not shorter than what is typed already. */
function begunBuild(build: string, begun: string): string {
  const short = shortBuildId(build);
  return begun.length > short.length ? build : short;
}

const buildIdOf = ({ buildId }: { readonly buildId: string }) => buildId;

function boxOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}
