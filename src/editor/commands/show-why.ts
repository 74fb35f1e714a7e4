import * as vscode from 'vscode';
import type { Board, ToldRefusal } from '../../boards/board.ts';
import { pinTargets } from '../../boards/pin-targets.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { Refusal } from '../../server/refusal.ts';
import { knownBoard } from '../known-boards.ts';
import { askerName, boardName } from '../words/board-name.ts';
import { goneBoardText } from '../words/gone-board.ts';
import { plainMessage } from '../words/plain-message.ts';
import { gotNothingText } from '../words/status-words.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { requireImage } from './known-images.ts';
import { idOfBoard } from './pick-board.ts';

/** A refusal, and who got it; the board where it is known. */
interface Refused {
  readonly name: string;
  readonly refusal: Refusal | ToldRefusal;
  readonly board: Board | undefined;
}

/** What can be done about a refusal. */
interface Remedy {
  readonly title: string;
  readonly run: () => unknown;
}

/** Says why a board got nothing, the row's or the last one of which that is so, with what can be done about it. */
export const showWhy: Command = {
  id: 'mkbox.showWhy',
  async run(context, row) {
    const { l10n, window, commands } = vscode;
    const refused = await refusedOf(context, row);
    if (refused === undefined) {
      void window.showInformationMessage(l10n.t('mkbox: no board was refused lately.'));
      return;
    }
    const { name, refusal } = refused;
    const remedies = [
      ...remediesOf(context, refused),
      { title: l10n.t('Show Requests'), run: () => commands.executeCommand('mkbox.requests.focus') },
    ];
    const message = gotNothingText(name, refusal, l10n);
    const chosen = await window.showWarningMessage(plainMessage(message), ...remedies.map(({ title }) => title));
    await remedies.find(({ title }) => title === chosen)?.run();
  },
};

async function refusedOf(context: CommandContext, row: Row | undefined): Promise<Refused | undefined> {
  const { boards, requests } = context;
  const registry = await boards.open();
  const id = row === undefined ? undefined : await idOfBoard(context, row);
  if (id !== undefined) {
    const board = registry.get(id);
    if (board === undefined) throw new UserError(goneBoardText(undefined, vscode.l10n));
    if (board.state.kind !== 'refused') return undefined;
    const { refusal } = board.state;
    return { name: boardName(board), refusal, board };
  }
  await requests.load();
  for (const transfer of requests.requests) {
    const { state, client, asked, isTrial } = transfer;
    if (state.kind !== 'refused' || isTrial) continue;
    // what such a request asks for is not looked at
    if (asked.kind !== 'update' && state.refusal.kind !== 'foreign host') continue;
    return { name: askerName(boards, transfer), refusal: state.refusal, board: registry.boardOf(client, asked) };
  }
  return undefined;
}

function remediesOf(context: CommandContext, { refusal, board }: Refused): readonly Remedy[] {
  const { l10n, commands } = vscode;
  switch (refusal.kind) {
    case 'no image':
      return nearestRemedies(context, refusal.nearest, board);
    case 'foreign host':
      return [allowRemedy('allowedHosts', refusal.name)];
    case 'not allowed':
      return [allowRemedy('allow', refusal.client)];
    case 'not this one':
    case 'not this board':
      return [{ title: l10n.t('Serve All Images'), run: () => commands.executeCommand('mkbox.serve') }];
    default:
      return [];
  }
}

/** There is an image of a similar name for its kind of board: it gets that, or learns to ask for it. */
function nearestRemedies(
  context: CommandContext,
  nearest: string | undefined,
  board: Board | undefined,
): readonly Remedy[] {
  const { l10n, commands } = vscode;
  const { snapshot } = context.project.served;
  const image = snapshot.images.find(({ image, state }) => image === nearest && state.kind === 'ready');
  if (image === undefined) return [];
  const copy = {
    title: l10n.t('Copy Corrected update.txt'),
    run: () => commands.executeCommand('mkbox.copyUpdateTxt', { kind: 'image', image }),
  };
  const target = board && pinTargets([board], snapshot, () => []).find((other) => other.image === image.id);
  if (board === undefined) return [copy];
  if (target === undefined) return []; // it is for another kind of board
  const { image: id, box } = target;
  const serve = async () => {
    await requireImage(image, context.project);
    const { registry, acts } = await context.boards.openAll();
    acts.pin([knownBoard(board, registry).id], { image: id, ...(box !== undefined && { box }) });
  };
  return [{ title: serveInsteadTitle(image), run: serve }, copy];
}

function serveInsteadTitle({ image }: CatalogImage): string {
  return vscode.l10n.t('Serve {0} Instead', image);
}

/** Adds `entry` to a list of the settings, where that list stands now. */
function allowRemedy(name: 'allow' | 'allowedHosts', entry: string): Remedy {
  const { l10n, workspace, ConfigurationTarget } = vscode;
  return {
    title: l10n.t('Allow {0}', entry),
    async run() {
      const settings = workspace.getConfiguration('mkbox');
      const found = settings.inspect(name);
      const isHere = found?.workspaceValue !== undefined;
      const list = entriesOf(settings.get<unknown>(name));
      const target = isHere ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
      if (!list.includes(entry)) await settings.update(name, [...list, entry], target);
    },
  };
}

/** The entries of a list in the settings, and of what is no list what someone may have meant by it. */
function entriesOf(setting: unknown): readonly unknown[] {
  if (Array.isArray(setting)) return setting;
  return typeof setting === 'string' && setting !== '' ? [setting] : [];
}
