import * as vscode from 'vscode';
import type { ServeMode } from '../../server/server-options.ts';
import type { Serving } from '../serving/serving.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Command, CommandContext } from './command.ts';
import { requireImage } from './known-images.ts';
import { imageOf } from './rows.ts';

/** Serves one update of any image, to whoever asks first, and stops. */
export const serveOneUpdate: Command = {
  id: 'mkbox.serveOneUpdate',
  needsTrustedFolder: true,
  async run(context) {
    const { l10n } = vscode;
    const message = l10n.t('Serve one update, and stop serving after it?');
    if (await mayTurnAway(context, message, '')) await context.serving.serve({ kind: 'once' });
  },
};

/** Serves one update of the row's image, and no other; then all images again, if they were before. */
export const serveImageOnce: Command = {
  id: 'mkbox.serveImageOnce',
  actsOn: (row) => imageOf(row) !== undefined,
  needsTrustedFolder: true,
  async run(context, row) {
    const { serving, settings } = context;
    const image = imageOf(row);
    if (image === undefined) return;
    const { l10n } = vscode;
    const goesBack =
      settings.afterOneUpdate.get() === 'serve' && (isServingAll(serving) || isGoingBack(serving.wanted));
    const then = goesBack
      ? l10n.t('Once a board has it, all images are served again.')
      : l10n.t('Once a board has it, serving stops.');
    const message = l10n.t('Serve one update of {0}, and no other image meanwhile?', image.image);
    if (!(await mayTurnAway(context, message, then))) return;
    await requireImage(image, context.project);
    await serving.serve({ kind: 'once', only: image.id, ...(goesBack && { goesBack }) });
  },
};

function isServingAll({ wanted, state }: Serving): boolean {
  return wanted?.kind === 'all' && state.kind === 'serving';
}

/** Whether all images are served after the one update that is served now. */
function isGoingBack(mode: ServeMode | undefined): boolean {
  return mode?.kind === 'once' && mode.goesBack === true;
}

/** Asks by `message` whether boards may be turned away, where some are served; `then`: what comes afterwards. */
async function mayTurnAway({ boards, serving }: CommandContext, message: string, then: string): Promise<boolean> {
  if (!isServingAll(serving)) return true;
  const { l10n, window, commands } = vscode;
  await boards.open();
  const count = boards.list.filter(({ state }) => state.kind !== 'silent').length;
  if (count === 0) return true;
  const asking = count === 1 ? l10n.t('1 board asks here.') : l10n.t('{0} boards ask here.', count);
  const serve = l10n.t('Serve One Update');
  const toBoard = l10n.t('Serve Once to a Board…');
  const kindest = l10n.t('“{0}” turns nobody away.', toBoard);
  const detail = [asking, then, kindest].filter((text) => text !== '').join(' ');
  const answer = await window.showWarningMessage(plainMessage(message), { modal: true, detail }, serve, toBoard);
  if (answer === toBoard) await commands.executeCommand('mkbox.serveOnceToBoard');
  return answer === serve;
}
