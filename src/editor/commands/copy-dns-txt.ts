import * as vscode from 'vscode';
import { dnsTxtRecords, normalizeMac } from '../words/board-pointers.ts';
import { copy } from './clipboard.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { completeStep } from './steps.ts';
import { requestForImage, requestOfBoard } from './update-request.ts';

/** Copies the DNS records that make a board ask here. */
export const copyDnsTxt: Command = {
  id: 'mkbox.copyDnsTxt',
  run: (context, row) => copyFor(requestForImage, context, row),
};

/** Copies the same for a board that has asked. The user is asked for its MAC only where this machine does not know it. */
export const copyDnsTxtForBoard: Command = {
  id: 'mkbox.copyDnsTxtForBoard',
  run: (context, row) => copyFor(requestOfBoard, context, row),
};

async function copyFor(requestFor: typeof requestOfBoard, context: CommandContext, row?: Row): Promise<void> {
  const { l10n, window } = vscode;
  const title = l10n.t('Copy DNS TXT Records');
  const request = await requestFor(context, row, title);
  if (request === undefined) return;
  const mac =
    request.mac ??
    (await window.showInputBox({
      title,
      prompt: l10n.t("The board's MAC address"),
      placeHolder: '00:1e:06:12:34:56',
      validateInput: (text) =>
        normalizeMac(text) === undefined ? l10n.t('Twelve hexadecimal digits, as in 00:1e:06:12:34:56') : undefined,
    }));
  if (mac === undefined) return;
  const domain = await window.showInputBox({
    title,
    prompt: l10n.t('The domain that the board is given by DHCP'),
    placeHolder: 'lab.example.org',
    validateInput: (text) => (/^[a-z0-9.-]+$/i.test(text) ? undefined : l10n.t('A domain, as in lab.example.org')),
  });
  if (domain === undefined) return;
  await copy(dnsTxtRecords(request.url, request.parts, mac, domain));
  await completeStep('hasPointedBoard');
}
