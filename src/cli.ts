#!/usr/bin/env node
import { access, constants, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import zlib from 'node:zlib';
import packageJson from '../package.json' with { type: 'json' };
import { BoardRegistry } from './boards/board-registry.ts';
import { ReflashWatch, reflashText } from './boards/reflash-watch.ts';
import { ImageChecks } from './checks/image-checks.ts';
import { readEnvironment, type Settings, UsageError } from './cli/environment.ts';
import { explain } from './cli/explain.ts';
import { HELP } from './cli/help.ts';
import { LineLog } from './cli/line-log.ts';
import { pack } from './cli/pack.ts';
import { stopSignal } from './cli/stop-signal.ts';
import { reachableUrls } from './cli/urls.ts';
import { verify } from './cli/verify.ts';
import { systemErrorCode, UserError } from './errors.ts';
import { Catalog, type CatalogSnapshot } from './images/catalog.ts';
import { faultText } from './images/set-fault.ts';
import { DRAIN_DEADLINE_MS } from './server/limits.ts';
import { transferLine } from './server/transfer-line.ts';
import { UpdateServer } from './server/update-server.ts';
import { StatusPages } from './status/status-pages.ts';

/** Exit statuses: what was asked can't be done here and now; what was asked makes no sense. */
const RUN_TIME_ERROR = 1;
const USAGE_ERROR = 2;

/** Exit status of a process that a signal ended, as shells give it: 128 and the signal's number (signal(7)). */
const STATUS_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

// Young garbage gets no more room than at the start: it would grow the process by 60 MB over a few thousand downloads.
setFlagsFromString('--semi-space-growth-factor=1');

process.stdout.on('error', () => {}); // whoever read it has read enough: `| head`

// The command is one file: it is also what its worker threads run.
if (isMainThread) process.exitCode = await main(process.argv.slice(2), process.env).catch(tellFailure);
else await import('./checks/worker.ts');

async function main(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  if (!('createZstdDecompress' in zlib)) {
    throw new UserError(`this needs Node 22.15 or later, and runs on ${process.version}`);
  }
  const [command, argument, ...rest] = args;
  if (rest.length > 0) throw new UsageError(`too many arguments: ${args.join(' ')}; see update-server --help`);
  switch (command) {
    case undefined:
      await serve(readEnvironment(environment));
      return 0;
    case 'verify':
      return withChecks(readEnvironment(environment), async (catalog, checks) => {
        const areRight = await verify(await catalog.refresh(), argument, checks, print, stopSignal('stopped').signal);
        return areRight ? 0 : RUN_TIME_ERROR;
      });
    case 'explain':
      if (argument === undefined) throw new UsageError('explain what? Give the path or the query of a board');
      return withChecks(readEnvironment(environment), async (catalog, checks) => {
        const { text, isServed } = await explain(argument, catalog, checks);
        print(text);
        return isServed ? 0 : RUN_TIME_ERROR;
      });
    case 'pack':
      if (argument === undefined) throw new UsageError('pack what? Give the name of a raw image, <image>.img');
      print(await pack(argument));
      return 0;
    case '--help':
    case '--version':
      if (argument !== undefined) break;
      print(command === '--help' ? HELP : `${packageJson.version}\n`);
      return 0;
  }
  throw new UsageError(`unknown argument ${args.join(' ')}; see update-server --help`);
}

/** Does what takes the images of IMAGE_PATH, and what is known of them. */
async function withChecks(
  { imagePath, checksPath }: Settings,
  act: (catalog: Catalog, checks: ImageChecks) => Promise<number>,
): Promise<number> {
  const folder = path.resolve(imagePath);
  await checkFolder(folder);
  const checks = await ImageChecks.open(checksPath);
  try {
    return await act(new Catalog([folder]), checks);
  } finally {
    await checks.close();
  }
}

/** Serves until a signal, or the completed update of a one-shot, ends it. */
async function serve(settings: Settings): Promise<void> {
  const folder = path.resolve(settings.imagePath);
  await checkFolder(folder);
  const catalog = new Catalog([folder]);
  const snapshot = await catalog.refresh();
  const checks = await ImageChecks.open(settings.checksPath);
  const log = new LineLog(process.stdout);
  const { statePath, statusAllow: allowed } = settings;
  const boards = await BoardRegistry.open({ statePath, onMessage: (text) => log.write(text) });
  const pages = new StatusPages({ version: packageJson.version, catalog, checks, boards, allowed });
  const server = await UpdateServer.start({
    ...settings,
    catalog,
    checks,
    pages: pages.add,
    isHeld: (client, asked) => boards.isHeld(client, asked),
    mode: { kind: settings.stopAfterRequest ? 'once' : 'all' },
    identity: { server: 'mkbox', version: packageJson.version },
  });
  boards.watch(server);
  pages.watch(server);
  announce(log, server, folder, snapshot);
  for (const end of ['finished', 'broken', 'refused'] as const) {
    server.events.on(end, (transfer) => log.write(transferLine(transfer)));
  }
  logReflashes(server, log);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => {
        log.flush();
        process.exit(STATUS_BY_SIGNAL[signal]);
      });
      log.write(
        `${signal}: finishing ${server.running.size} running requests, for at most ${DRAIN_DEADLINE_MS / 1000} s`,
      );
      void server.stop();
    });
  }
  log.flush(); // who waits for the first line may send a signal at once
  const shot = await server.stopped;
  pages.close();
  await Promise.all([boards.close(), checks.close()]);
  log.write(shot === undefined ? 'stopped' : `stopped after the update of ${shot.client}`);
  log.flush();
}

function logReflashes(server: UpdateServer, log: LineLog): void {
  const watch = new ReflashWatch();
  for (const end of ['finished', 'broken', 'refused'] as const)
    server.events.on(end, (transfer) => watch.ended(transfer));
  server.events.on('answering', (transfer) => {
    const reflash = watch.answering(transfer);
    if (reflash !== undefined) log.write(reflashText(reflash));
  });
}

async function checkFolder(folder: string): Promise<void> {
  try {
    const { isDirectory } = await stat(folder).then((stats) => ({ isDirectory: stats.isDirectory() }));
    if (!isDirectory) throw new UserError(`IMAGE_PATH: ${folder} is not a folder`);
    await access(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError(`IMAGE_PATH: there is no folder ${folder}`);
    throw new UserError(`IMAGE_PATH: the folder ${folder} can not be read (${code}); check its permissions`);
  }
}

function announce(log: LineLog, server: UpdateServer, folder: string, { images }: CatalogSnapshot): void {
  const { address, port } = server.address;
  const [first, ...others] = reachableUrls(address, port, networkInterfaces());
  const incomplete = images.flatMap(({ id, state }) =>
    state.kind === 'incomplete' ? [{ id, fault: state.fault }] : [],
  );
  const count = images.length - incomplete.length;
  log.write(`serving ${count} ${count === 1 ? 'image' : 'images'} of ${folder} at ${first}`);
  for (const url of others) log.write(`also at ${url}`);
  for (const { id, fault } of incomplete) log.write(`not served: ${id} is incomplete: ${faultText(fault)}`);
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Says on standard error what went wrong; what no one foresaw keeps its stack, for a report. */
function tellFailure(error: unknown): number {
  const text = error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`update-server: ${text}\n`);
  return error instanceof UsageError ? USAGE_ERROR : RUN_TIME_ERROR;
}
