import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { UpdateEnd } from '../../boards/board-update.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { printable } from '../../printable.ts';
import { plainAddress } from '../restart/command-line.ts';
import { isFailure, type RestartFailure, runRestart } from '../restart/run-command.ts';
import type { Boards } from '../serving/boards.ts';
import { isLoopbackHost } from '../serving/listen-host.ts';
import type { Serving } from '../serving/serving.ts';
import { endpointOf } from '../serving-state.ts';
import { verifyAll } from '../verifying.ts';
import { updateStepText } from '../words/update-words.ts';
import type { Settings } from '../workspace/settings.ts';
import { BoardWatch } from './board-watch.ts';
import type { Restart } from './restart-choice.ts';
import { serveForBoard } from './serve-for-board.ts';
import { WINDOW_CLOSES } from './updates.ts';

/** What an update goes through. */
export interface UpdateParts {
  readonly serving: Serving;
  readonly checks: ImageChecks;
  readonly boards: Boards;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** What an update is about. */
export interface Plan {
  readonly board: Board;
  readonly image: CatalogImage;
  readonly build: string;
  /** Undefined where the board is being updated already. */
  readonly restart: Restart | undefined;
}

/** How an update ended that was not cancelled. */
export type Ending =
  /** `said`: what the command that restarted the board printed last. */
  | { readonly kind: 'ended'; readonly end: UpdateEnd; readonly said: string }
  /** A clause that says what is wrong. The log has it. */
  | { readonly kind: 'wrong image'; readonly text: string }
  | { readonly kind: 'not restarted'; readonly program: string; readonly outcome: RestartFailure }
  /** Only this machine can reach the server, which the board is not. */
  | { readonly kind: 'out of reach'; readonly url: string }
  /** Nothing can be served; the user was told why. */
  | { readonly kind: 'not served' };

/**
 * Carries out an update. `show` is called with each thing to tell. Whatever becomes of it, what was served before is
 * served again, unless the window closes.
 * @throws the signal's reason when it is aborted.
 */
export async function runUpdate(
  parts: UpdateParts,
  plan: Plan,
  show: (message: string) => void,
  signal: AbortSignal,
): Promise<Ending> {
  const { checks, log, serving } = parts;
  const { board, image } = plan;
  const { state } = image;
  if (state.kind === 'ready') {
    const verifying = (message: string) => show(vscode.l10n.t('verifying {0}', message));
    const [problem] = await verifyAll([{ image, state }], checks, log, verifying, signal);
    if (problem !== undefined) return { kind: 'wrong image', text: problem.text };
  }
  const served = await serveForBoard(serving, board.address);
  if (served === undefined) return { kind: 'not served' };
  let isDone = false;
  try {
    signal.throwIfAborted();
    const endpoint = endpointOf(serving.state);
    if (endpoint?.onNetwork === false && !isLoopbackHost(plainAddress(board.address))) {
      return { kind: 'out of reach', url: endpoint.url };
    }
    const ending = await restartAndWatch(parts, plan, show, signal);
    isDone = ending.kind === 'ended' && ending.end.kind !== 'stopped';
    return ending;
  } finally {
    // a board that is done gets its answer, one that is not gets no other image; what a window serves ends with it
    if (signal.reason !== WINDOW_CLOSES) await served.putBack(!isDone);
  }
}

/** Restarts the board, unless it is under way, and follows it to the end of its update. */
async function restartAndWatch(
  { boards, serving, settings, log }: UpdateParts,
  { board: planned, build, restart }: Plan,
  show: (message: string) => void,
  signal: AbortSignal,
): Promise<Ending> {
  const registry = await boards.open();
  const restartKind = restart?.kind ?? 'none';
  const watch = new BoardWatch(
    { registry, boards, serving },
    registry.get(planned.id) ?? planned,
    build,
    (step, board) => {
      const seen = { board, transfer: registry.transferOf(board.id) };
      show(updateStepText(step, seen, restartKind, Date.now(), vscode.l10n, vscode.env.language));
    },
  );
  // the command ends with the update: a board may ask while ssh still waits for its answer
  const over = new AbortController();
  let said = '';
  const restarting = async (): Promise<Ending | undefined> => {
    if (restart?.kind !== 'command') return undefined;
    const { program, args } = restart.invocation;
    log.info(printable(`restarting ${planned.address}: ${[program, ...args].join(' ')}`));
    watch.restarted(settings.rebootTimeout.get() * 1000);
    const onLine = (line: string) => log.info(printable(`${program}: ${line}`));
    const outcome = await runRestart(restart.invocation, { onLine, signal: over.signal });
    if ('said' in outcome) said = outcome.said;
    return isFailure(outcome) && watch.isAwaited ? { kind: 'not restarted', program, outcome } : undefined;
  };
  try {
    const cancelled = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
    });
    const failure = await Promise.race([cancelled, watch.ended, restarting()]);
    if (failure?.kind === 'not restarted') return failure;
    return { kind: 'ended', end: await Promise.race([cancelled, watch.ended]), said };
  } finally {
    over.abort();
    watch.dispose();
  }
}
