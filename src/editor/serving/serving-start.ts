import * as vscode from 'vscode';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import { systemErrorCode, UserError } from '../../errors.ts';
import type { Allowed, ServeMode } from '../../server/server-options.ts';
import type { UpdateServer } from '../../server/update-server.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import type { ServingFailure } from '../serving-state.ts';
import type { Project } from '../workspace/project.ts';
import type { Settings } from '../workspace/settings.ts';
import type { Boards } from './boards.ts';
import { flowLimits } from './flow-limits.ts';

/** After a window reload the old extension host may hold the port for some seconds more. */
const BIND_RETRY_FOR_MS = 4_000;
const BIND_RETRY_EVERY_MS = 250;

/** What a server is started with. */
export interface StartParts {
  readonly settings: Settings;
  readonly project: Project;
  readonly checks: ImageChecks;
  readonly boards: Boards;
  readonly builds: EarlierBuilds;
  readonly version: string;
  readonly log: vscode.LogOutputChannel;
}

/** Where to listen; port 0 is any that is free. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What to start: where, what it serves, and whether it is still wanted. */
export interface StartOrder extends ListenAddress {
  readonly mode: ServeMode;
  readonly isWanted: () => boolean;
}

/** A listening server, and the registry of its boards. */
export interface Started {
  readonly server: UpdateServer;
  readonly registry: BoardRegistry;
}

/** Starts a server with the current settings. Returns why it can't be started, or undefined when it is no longer wanted. */
export async function startServing(
  parts: StartParts,
  order: StartOrder,
): Promise<Started | ServingFailure | undefined> {
  const { settings, project, checks, version } = parts;
  const { host, port, mode } = order;
  const warn = (text: string) => parts.log.warn(text);
  let who: Allowed | undefined;
  const retryUntil = performance.now() + BIND_RETRY_FOR_MS;
  while (order.isWanted()) {
    try {
      const [registry, builds] = await Promise.all([parts.boards.open(), parts.builds.open()]);
      const { allowed, startWatched } = await import('./while-serving.ts');
      const identity = { server: 'mkbox', version, workspace: vscode.workspace.name ?? '' } as const;
      const flow = flowLimits(settings);
      who ??= allowed(parts);
      const options = {
        catalog: project.served,
        builds,
        checks,
        host,
        port,
        mode,
        ...who,
        ...flow,
        identity,
        onHandshakeFailed: warn,
        onMalformed: warn,
      };
      return { server: await startWatched(options, registry, version), registry };
    } catch (error) {
      const inUse = systemErrorCode(error) === 'EADDRINUSE';
      if (!inUse || performance.now() >= retryUntil) return failureOf(error, order, parts.log);
      await new Promise((resolve) => setTimeout(resolve, BIND_RETRY_EVERY_MS));
    }
  }
  return undefined;
}

async function failureOf(
  error: unknown,
  { host, port }: StartOrder,
  log: vscode.LogOutputChannel,
): Promise<ServingFailure> {
  const code = systemErrorCode(error);
  if (code === 'EADDRINUSE') {
    const { identifyHolder } = await import('./while-serving.ts');
    return { kind: 'port in use', host, port, holder: await identifyHolder(host, port) };
  }
  if (code === 'EADDRNOTAVAIL') return { kind: 'no such address', host };
  if (error instanceof UserError) {
    // what has no code is not from listening, but from the settings
    const setting = code === undefined ? 'mkbox.allow' : code === 'EACCES' ? 'mkbox.port' : 'mkbox.host';
    return { kind: 'other', message: error.message, told: (words) => error.told(words), setting };
  }
  log.error(error instanceof Error ? error : String(error));
  return { kind: 'other', message: error instanceof Error ? error.message : String(error) };
}
