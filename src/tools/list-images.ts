import type { ImageReport } from '../status/report.ts';
import { timeText } from './time-text.ts';
import type { Tool } from './tool.ts';

export const listImages: Tool = {
  name: 'list_images',
  title: 'List images',
  description:
    'Lists the disk images that mkbox serves to boards, each with its build ID, size, time of the build, earlier builds that ' +
    'are kept, and state: "ready" (complete), "verified" (checked to the last byte), "foreign" (not made by mkbox, served all ' +
    'the same), "incomplete" or "wrong" (no board gets it; "reason" says why). Build IDs have no order.',
  parameters: {},
  async answer(sources) {
    return { images: (await sources.images()).map(imageFacts) };
  },
};

/** What a model is told of an image. */
export function imageFacts({ id, state, buildId, bytes, builtAtMs, reason, inPlaceOf, kept }: ImageReport): object {
  return {
    image: id,
    state,
    reason,
    buildId,
    bytes,
    builtAt: builtAtMs && timeText(builtAtMs),
    inPlaceOf: inPlaceOf && {
      newestBuildId: inPlaceOf.newest,
      chosenBy: inPlaceOf.by,
      since: timeText(inPlaceOf.atMs),
      why: inPlaceOf.why,
    },
    keptBuildIds: kept?.map((build) => build.buildId),
  };
}
