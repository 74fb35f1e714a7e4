import { isIP } from 'node:net';
import * as vscode from 'vscode';
import { UserError } from '../../errors.ts';
import type { Fault } from '../../server/sending/fault.ts';
import { faultChoices, numberProblem } from '../words/fault-choices.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { endpointToAsk } from './endpoint-to-ask.ts';
import { boardPickItem, idOfBoard } from './pick-board.ts';

/** Whom a fault hits: the next request for an image, or that of an address. */
type Whom = 'next' | { readonly client: string };

/** Spoils the next image that is sent, or the next to one board, for people who work on a board's updater. */
export const serveWithFault: Command = {
  id: 'mkbox.serveWithFault',
  needsTrustedFolder: true,
  async run(context, row) {
    if ((await endpointToAsk(context.serving)) === undefined) return;
    const fault = await chooseFault();
    if (fault === undefined) return;
    const whom = (await boardOf(context, row)) ?? (await chooseWhom(context));
    if (whom === undefined) return;
    const { faults } = context.serving;
    if (faults === undefined)
      throw new UserError(vscode.l10n.t('the server has stopped meanwhile, so there is no fault'));
    faults.arm(whom === 'next' ? { fault } : { fault, client: whom.client, once: true });
  },
};

async function chooseFault(): Promise<Fault | undefined> {
  const { l10n, window } = vscode;
  const placeHolder = l10n.t('What goes wrong with one image on its way to a board');
  const picked = await window.showQuickPick(faultChoices(l10n), {
    title: title(),
    placeHolder,
    matchOnDetail: true,
  });
  if (picked === undefined) return undefined;
  const { leadsTo } = picked;
  if ('kind' in leadsTo) return leadsTo;
  const { prompt, proposed, range, faultOf } = leadsTo;
  const typed = await window.showInputBox({
    title: l10n.t('Serve with a Fault: {0}', picked.label),
    prompt,
    value: String(proposed),
    validateInput: (text) => numberProblem(text, range, l10n),
    ignoreFocusOut: true,
  });
  return typed === undefined ? undefined : faultOf(Number(typed.trim()));
}

/** The board that the command is called on. */
async function boardOf(context: CommandContext, row: Row | undefined): Promise<Whom | undefined> {
  const id = await idOfBoard(context, row);
  const board = id === undefined ? undefined : (await context.boards.open()).get(id);
  return board && { client: board.address };
}

async function chooseWhom({ boards }: CommandContext): Promise<Whom | undefined> {
  const { l10n, window, QuickPickItemKind } = vscode;
  const registry = await boards.open();
  const items = [
    { label: l10n.t('The next request for an image'), whom: 'next' as const },
    ...(registry.boards.length === 0
      ? []
      : [{ label: l10n.t('Boards'), kind: QuickPickItemKind.Separator, whom: undefined }]),
    ...registry.boards.map((board) => ({
      ...boardPickItem({ board, transfer: registry.transferOf(board.id) }),
      whom: { client: board.address },
    })),
    { label: '', kind: QuickPickItemKind.Separator, whom: undefined },
    { label: l10n.t('Type an Address…'), alwaysShow: true, whom: undefined },
  ];
  const options = { title: title(), placeHolder: l10n.t('Whom it hits, once'), matchOnDescription: true };
  const picked = await window.showQuickPick<vscode.QuickPickItem & { readonly whom: Whom | undefined }>(items, options);
  return picked && (picked.whom ?? typedAddress());
}

async function typedAddress(): Promise<Whom | undefined> {
  const { l10n, window } = vscode;
  const typed = await window.showInputBox({
    title: title(),
    prompt: l10n.t("The board's address"),
    placeHolder: '10.0.0.7',
    validateInput: (text) => (isIP(text.trim()) === 0 ? l10n.t('An IP address, such as 10.0.0.7') : undefined),
    ignoreFocusOut: true,
  });
  return typed === undefined ? undefined : { client: typed.trim() };
}

function title(): string {
  return vscode.l10n.t('Serve with a Fault');
}
