import type { ServeMode } from '../../server/server-options.ts';
import type { Serving } from '../serving/serving.ts';
import { endpointOf } from '../serving-state.ts';

/** Something that is served until it is put back. */
export interface ServedMeanwhile {
  /** Serves again what was served before, unless something else was wanted since. */
  putBack(): Promise<void>;
}

/**
 * Has one image served to the board of that address. Where all images are served, that is so already, and the other
 * boards go on; else it is the only thing that is served, until it is put back. Undefined where nothing can be served:
 * the user was told why.
 */
export async function serveForBoard(
  serving: Serving,
  client: string,
  image: string,
): Promise<ServedMeanwhile | undefined> {
  const before = serving.wanted;
  if (before?.kind === 'all' && endpointOf(serving.state) !== undefined) return { putBack: async () => {} };
  const mode: ServeMode = { kind: 'only', client, only: image };
  await serving.serve(mode);
  const served: ServedMeanwhile = {
    async putBack() {
      if (serving.wanted !== mode) return;
      // what the board still downloads is no longer wanted
      await (before === undefined ? serving.stop(0) : serving.serve(before));
    },
  };
  if (serving.wanted === mode && endpointOf(serving.state) !== undefined) return served;
  await served.putBack();
  return undefined;
}
