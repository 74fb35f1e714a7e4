import * as vscode from 'vscode';
import type { StopReason } from '../../boards/board-update.ts';
import { ENGLISH, type Words } from '../../words.ts';
import { knownBoard } from '../known-boards.ts';
import { boardName } from '../words/board-name.ts';
import { plainMessage } from '../words/plain-message.ts';
import { serveToNetworkTitle } from '../words/remedies.ts';
import { restartFailureText, updateEndText } from '../words/update-words.ts';
import { sshTerminal } from './ssh-terminal.ts';
import type { Ending, Plan, UpdateParts } from './update-run.ts';

/** What a message offers. */
interface Remedy {
  readonly title: string;
  run(): unknown;
}

/** Tells how an update ended, in the log and in a message that offers what helps. `again` updates the board by hand. */
export async function tellEnding(
  parts: UpdateParts,
  plan: Plan,
  ending: Ending,
  again: () => Promise<void>,
): Promise<void> {
  const { log, settings } = parts;
  const { l10n, env, window } = vscode;
  const text = endingText(ending, plan, l10n, env.language);
  if (text === undefined) return;
  const isGood = ending.kind === 'ended' && ending.end.kind !== 'stopped';
  if (ending.kind !== 'wrong image') log[isGood ? 'info' : 'error'](endingText(ending, plan, ENGLISH, 'en') ?? '');
  if (isGood) {
    // of a confirmed board they are told already where they want that of all boards
    const isTold = ending.end.kind === 'confirmed' && settings.notifyConfirmed.get();
    if (!isTold) void window.showInformationMessage(plainMessage(text));
    return;
  }
  const remedies = remediesFor(ending, plan, parts, again);
  const picked = await window.showErrorMessage(plainMessage(text), ...remedies.map(({ title }) => title));
  await remedies.find(({ title }) => title === picked)?.run();
}

/** How an update ended, as a message; undefined where the user was told. */
function endingText(ending: Ending, { board, image }: Plan, words: Words, locale: string): string | undefined {
  const name = boardName(board);
  switch (ending.kind) {
    case 'ended':
      return updateEndText(ending.end, name, image.image, ending.said, Date.now(), words, locale);
    case 'wrong image':
      return words.t('mkbox: {0} was not updated, as its image is wrong: {1}', name, ending.text);
    case 'not restarted': {
      const why = restartFailureText(ending.outcome, ending.program, words);
      return words.t('mkbox: {0} could not be restarted: {1}', name, why);
    }
    case 'out of reach':
      return words.t('mkbox: only this machine can reach {0}, so {1} cannot.', ending.url, name);
    case 'not served':
      return undefined;
  }
}

function remediesFor(ending: Ending, plan: Plan, parts: UpdateParts, again: () => Promise<void>): Remedy[] {
  const { l10n } = vscode;
  const log = command(l10n.t('Show Log'), 'mkbox.showLog');
  switch (ending.kind) {
    case 'ended':
      return ending.end.kind === 'stopped' ? [...remediesOf(ending.end.why, plan, parts), log] : [];
    case 'wrong image':
      return [command(l10n.t('Show Images'), 'mkbox.images.focus'), log];
    case 'not restarted':
      return [{ title: l10n.t('Power-Cycle It Instead'), run: again }, terminal(plan, parts), log];
    case 'out of reach':
      return [command(serveToNetworkTitle(l10n), 'mkbox.serveToNetwork')];
    case 'not served':
      return [];
  }
}

function remediesOf(why: StopReason, plan: Plan, parts: UpdateParts): Remedy[] {
  const { l10n } = vscode;
  const requests = command(l10n.t('Show Requests'), 'mkbox.requests.focus');
  switch (why.kind) {
    case 'refused':
    case 'broken off':
    case 'other build':
    case 'withheld':
      return [requests];
    case 'held':
      return [{ title: l10n.t('Release Board'), run: () => releaseNow(plan, parts) }];
    case 'not served':
      return [command(l10n.t('Serve Images'), 'mkbox.serve')];
    case 'did not ask':
    case 'silent':
      return [terminal(plan, parts), requests];
    case 'forgotten':
      return [];
  }
}

/** The message may have stood for hours. @throws UserError where the board is no longer listed */
async function releaseNow({ board }: Plan, { boards }: UpdateParts): Promise<void> {
  const { registry, acts } = await boards.openAll();
  acts.release([knownBoard(board, registry).id]);
}

function command(title: string, id: string): Remedy {
  return { title, run: () => vscode.commands.executeCommand(id) };
}

function terminal({ board }: Plan, { settings }: UpdateParts): Remedy {
  return { title: vscode.l10n.t('Open SSH Terminal'), run: () => sshTerminal(board, settings).show() };
}
