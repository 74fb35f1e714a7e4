import { differenceCount, differenceText } from '../contents/difference-text.ts';
import type { Inventory } from '../contents/inventory.ts';
import { compareInventories, isNone, unexpectedOf } from '../contents/inventory-difference.ts';
import { type FoundBuild, findBuild } from './find-build.ts';
import type { Tool, ToolSources } from './tool.ts';

/** What a model can take in; a whole system that was exchanged has ten thousands. */
const MOST_LINES = 500;

const BUILD_HELP =
  'an image as list_images has it, whose newest build is meant, or a build ID or its first digits (four at least)';

export const compareBuilds: Tool = {
  name: 'compare_builds',
  title: 'Compare two builds',
  description:
    'Tells what differs between two builds of mkbox images: installed packages, board.conf, files of the root file system, ' +
    'and the initramfs. Lines begin with + (added), - (removed) or ~ (changed). What differs in every build, such as logs, ' +
    'is only counted. Reading an image for the first time may take a minute.',
  parameters: { before: `The older build: ${BUILD_HELP}.`, after: `The newer build: ${BUILD_HELP}.` },
  async answer(sources, { before: beforeText = '', after: afterText = '' }, signal) {
    const [images, builds] = await Promise.all([sources.images(), sources.builds()]);
    const [from, to] = [findBuild(beforeText, images, builds), findBuild(afterText, images, builds)];
    const before = await inventoryOf(from, sources, signal);
    const after = await inventoryOf(to, sources, signal);
    const whole = compareInventories(before, after);
    const shown = unexpectedOf(whole);
    const lines = differenceText(shown);
    return {
      before: { image: before.image, buildId: before.buildId },
      after: { image: after.image, buildId: after.buildId },
      differs: !isNone(shown),
      lines: lines.slice(0, MOST_LINES),
      linesLeftOut: Math.max(0, lines.length - MOST_LINES),
      expectedInEveryBuild: differenceCount(whole) - differenceCount(shown),
    };
  },
};

function inventoryOf(found: FoundBuild, sources: ToolSources, signal: AbortSignal): Promise<Inventory> {
  return found.kind === 'image'
    ? sources.inventoryOfImage(found.id, signal)
    : sources.inventoryOfBuild(found.buildId, signal);
}
