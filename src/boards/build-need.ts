import type { BoardRegistry } from './board-registry.ts';

/** What boards need a kept build for: some are pinned to it, or a roll-out under way leads back to it. */
export type BuildNeed = 'pinned' | 'way back';

/** What boards need a build of an image (`<box>/<image>`) for, if they do: it is not removed, by a bound or by a person. */
export function needOf(
  image: string,
  build: string,
  registry: Pick<BoardRegistry, 'isPinned' | 'rollOuts'>,
): BuildNeed | undefined {
  if (registry.isPinned(image, build)) return 'pinned';
  return registry.rollOuts.leadTo(image, build) ? 'way back' : undefined;
}
