import path from 'node:path';
import * as vscode from 'vscode';
import type { LoggedRequest } from '../../boards/logged-request.ts';
import { boardDetails } from '../words/board-details.ts';
import { boardName } from '../words/board-name.ts';
import type { SeenBoard } from '../words/board-words.ts';
import { imageDetails } from '../words/image-details.ts';
import type { Check, JudgedImage } from '../words/image-health.ts';
import { askedText } from '../words/request-words.ts';
import { type Tooltip, type TooltipLink, tooltipMarkdown } from '../words/tooltip-markdown.ts';
import { clientText, momentText } from '../words/words.ts';
import { type ImageHistory, lastServedOf } from './image-children.ts';

/** What a board is, what it gets and why. `check`: what is known of the image that it gets next. */
export function boardTooltip(seen: SeenBoard, check: Check | undefined): vscode.MarkdownString {
  const { l10n, env } = vscode;
  const { board } = seen;
  const { address, mac, reportedBuild } = board;
  const withoutBuilds = { ...seen, board: { ...board, history: [] } };
  return trusted({
    title: boardName(board),
    facts: boardDetails(withoutBuilds, check, l10n, env.language),
    links: [
      copyLink(l10n.t('Copy Address'), clientText(address)),
      ...(mac === undefined ? [] : [copyLink(l10n.t('Copy MAC Address'), mac)]),
      ...(reportedBuild === undefined ? [] : [copyLink(l10n.t('Copy Build ID'), reportedBuild)]),
      statusPageLink(),
    ],
  });
}

/** What an image is. `notes`: what building it, and how it goes out, add. */
export function imageTooltip(
  judged: JudgedImage,
  history: Pick<ImageHistory, 'requests' | 'boards'>,
  notes: readonly string[],
): vscode.MarkdownString {
  const { l10n, env } = vscode;
  const { image, state, folder } = judged.image;
  const file = vscode.Uri.file(path.join(folder, `${image}.img.buildID`));
  const isReady = state.kind === 'ready';
  return trusted({
    title: image,
    facts: [
      ...imageDetails(judged, undefined, lastServedOf(judged.image, history), l10n, env.language),
      ...notes.map((value) => ({ label: l10n.t('Note'), value })),
    ],
    links: [
      ...(isReady ? [copyLink(l10n.t('Copy Build ID'), state.buildId)] : []),
      ...(isReady ? [{ label: l10n.t('Reveal in Explorer'), command: 'revealInExplorer', args: [file] }] : []),
      statusPageLink(),
    ],
  });
}

/** What a request asked for and got. `client`: who asked, as people call it; `result`: what came of it. */
export function requestTooltip(transfer: LoggedRequest, client: string, result: string): vscode.MarkdownString {
  const { l10n, env } = vscode;
  const { method, target, state, startedAtMs } = transfer;
  const address = clientText(transfer.client);
  const request = `${method} ${target}`;
  const failed = state.kind === 'refused' || state.kind === 'broken';
  return trusted({
    title: client,
    facts: [
      { label: l10n.t('State'), value: result },
      { label: l10n.t('Time'), value: momentText(startedAtMs, Date.now(), env.language) },
      { label: l10n.t('Asks for'), value: askedText(transfer, l10n) },
      { label: l10n.t('Address'), value: address },
      { label: l10n.t('Request'), value: request },
    ],
    links: [
      ...(failed ? [copyLink(l10n.t('Copy Reason'), result)] : []),
      copyLink(l10n.t('Copy Address'), address),
      copyLink(l10n.t('Copy Request'), request),
      statusPageLink(),
    ],
  });
}

function copyLink(label: string, value: string): TooltipLink {
  return { label, command: 'mkbox.copyDetail', args: [{ detail: { value } }] };
}

function statusPageLink(): TooltipLink {
  return { label: vscode.l10n.t('Open Status Page'), command: 'mkbox.openStatusPage' };
}

/** A tooltip in which nothing but the commands of its links can run. */
function trusted(tooltip: Tooltip): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(tooltipMarkdown(tooltip));
  markdown.isTrusted = { enabledCommands: tooltip.links.map(({ command }) => command) };
  return markdown;
}
