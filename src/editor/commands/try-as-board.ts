import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { TrialStep } from '../../trial/trial.ts';
import { readTarget, type TrialTarget, withBuild } from '../../trial/trial-target.ts';
import { endText, stepText } from '../../trial/trial-text.ts';
import { untilCancelled } from '../until-cancelled.ts';
import { updatePath } from '../words/board-pointers.ts';
import { plainMessage } from '../words/plain-message.ts';
import { bytesText } from '../words/words.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { endpointToAsk } from './endpoint-to-ask.ts';
import { boardPickItem, idOfBoard } from './pick-board.ts';
import { imagePickItem, partsOf } from './pick-image.ts';
import { imageOf } from './rows.ts';
import { completeStep } from './steps.ts';
import { partsFor } from './update-request.ts';

/** What is tried: how an image or a board is asked for, or what the user types. */
type Subject = CatalogImage | Board | 'typed';

/** Does what a board does, up to where it would write to its disk, and tells what the board would run then. */
export const tryAsBoard: Command = {
  id: 'mkbox.tryAsBoard',
  async run(context, row) {
    const subject = (await subjectOf(context, row)) ?? (await pickSubject(context));
    const target = subject && (await targetOf(subject, context));
    if (target === undefined) return;
    const server = target.server ?? (await endpointToAsk(context.serving))?.url;
    if (server !== undefined) await tryTarget(server, target.path, context.log);
  },
};

async function subjectOf(context: CommandContext, row: Row | undefined): Promise<Subject | undefined> {
  if (row === undefined) return undefined;
  return imageOf(row) ?? (await context.boards.open()).get((await idOfBoard(context, row)) ?? '');
}

async function pickSubject({ project, checks, boards }: CommandContext): Promise<Subject | undefined> {
  const { l10n, window, QuickPickItemKind } = vscode;
  const registry = await boards.open();
  const images = project.served.snapshot.images.filter((image) => checks.isServable(image));
  const separator = (label: string) => ({ label, kind: QuickPickItemKind.Separator, subject: 'typed' as const });
  const items = [
    ...(images.length === 0 ? [] : [separator(l10n.t('Images'))]),
    ...images.map((image) => ({ ...imagePickItem(image), subject: image })),
    ...(registry.boards.length === 0 ? [] : [separator(l10n.t('Boards'))]),
    ...registry.boards.map((board) => ({
      ...boardPickItem({ board, transfer: registry.transferOf(board.id) }),
      subject: board,
    })),
    separator(''),
    { label: l10n.t('Type a Query or a URL…'), alwaysShow: true, subject: 'typed' as const },
  ];
  const options = {
    title: l10n.t('Try as a Board'),
    placeHolder: l10n.t('What a board asks for'),
    matchOnDescription: true,
    matchOnDetail: true,
  };
  return (await window.showQuickPick<vscode.QuickPickItem & { readonly subject: Subject }>(items, options))?.subject;
}

/** What is asked for; where it can't be told from a board, what the user types. */
async function targetOf(subject: Subject, context: CommandContext): Promise<TrialTarget | undefined> {
  if (subject === 'typed') return typedTarget();
  if ('folder' in subject) {
    return { server: undefined, path: updatePath(partsOf(subject, context.project, context.checks)) };
  }
  const parts = partsFor(subject, context);
  if (parts === undefined) return typedTarget();
  return { server: undefined, path: withBuild(updatePath(parts), subject.reportedBuild) };
}

async function typedTarget(): Promise<TrialTarget | undefined> {
  const { l10n, window } = vscode;
  const typed = await window.showInputBox({
    title: l10n.t('Try as a Board'),
    prompt: l10n.t("A board's query, or the URL of any update server with one"),
    placeHolder: 'http://10.0.0.1:5555/update?name=docker-box&board=odroid-c4',
    ignoreFocusOut: true,
  });
  return typed === undefined || typed.trim() === '' ? undefined : readTarget(typed.trim());
}

async function tryTarget(server: string, path: string, log: vscode.LogOutputChannel): Promise<void> {
  const { l10n, env, window, ProgressLocation } = vscode;
  const sizeText = (bytes: number) => bytesText(bytes, env.language);
  const title = l10n.t('mkbox: trying as a board');
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  const end = await window.withProgress(options, (progress, token) =>
    untilCancelled(token, async (signal) => {
      let percent = 0;
      const onProgress = (bytes: number, total: number | undefined) => {
        const now = total === undefined || total === 0 ? 0 : Math.floor((100 * bytes) / total);
        if (now > percent) progress.report({ increment: now - percent });
        percent = Math.max(percent, now);
      };
      const onStep = (step: TrialStep) => {
        const text = stepText(step, sizeText, l10n);
        log.info(`${(step.atMs / 1000).toFixed(2)} s  ${text}`);
        progress.report({ message: plainMessage(text) });
      };
      const { tryAsBoard: attempt } = await import('../../trial/try-as-board.ts');
      return attempt({ server, path, signal, onStep, onProgress });
    }),
  );
  if (end === undefined) return;
  if (end.kind !== 'failure') await completeStep('hasTriedAsBoard');
  const text = endText(end, l10n);
  log.info(text);
  const tell = end.kind === 'failure' ? window.showWarningMessage : window.showInformationMessage;
  const show = l10n.t('Show Steps');
  if ((await tell(plainMessage(`mkbox: ${text}`), show)) === show) log.show();
}
