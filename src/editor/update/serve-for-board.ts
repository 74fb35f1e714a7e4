import * as vscode from 'vscode';
import { UserError } from '../../errors.ts';
import type { ServeMode } from '../../server/server-options.ts';
import type { Serving } from '../serving/serving.ts';
import { endpointOf } from '../serving-state.ts';

/** Something that is served until it is put back. */
export interface ServedMeanwhile {
  /**
   * Serves again what was served before, unless something else was wanted since. `cutsOff`: where nothing was served, what
   * the board still downloads is cut off.
   */
  putBack(cutsOff: boolean): Promise<void>;
}

/** @throws UserError while another board is the only one that is served: two can't be */
export function requireNoOther({ wanted }: Serving, client: string): void {
  if (wanted?.kind !== 'only' || wanted.client === client) return;
  const other = wanted.client ?? '';
  throw new UserError(vscode.l10n.t('only {0} is served now, for its update: wait for it, or cancel it.', other));
}

/**
 * Has the board of that address served. Where all images are served, that is so already, and the other
 * boards go on; else it is the only one that is served, until that is put back. Undefined where nothing can be served:
 * the user was told why.
 * @throws UserError while another board is the only one that is served
 */
export async function serveForBoard(serving: Serving, client: string): Promise<ServedMeanwhile | undefined> {
  requireNoOther(serving, client);
  const before = serving.wanted;
  if (before?.kind === 'all' && endpointOf(serving.state) !== undefined) return { putBack: async () => {} };
  const mode: ServeMode = { kind: 'only', client };
  await serving.serve(mode);
  const served: ServedMeanwhile = {
    async putBack(cutsOff) {
      if (serving.wanted !== mode) return;
      await (before === undefined ? serving.stop(cutsOff ? 0 : undefined) : serving.serve(before));
    },
  };
  if (serving.wanted === mode && endpointOf(serving.state) !== undefined) return served;
  await served.putBack(true);
  return undefined;
}
