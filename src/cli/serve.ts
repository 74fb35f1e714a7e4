import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { BoardRegistry } from '../boards/board-registry.ts';
import { rollOutLine } from '../boards/roll-out-text.ts';
import { LeftPublications } from '../builds/left-publications.ts';
import { ServedImages } from '../builds/served-images.ts';
import { gapText } from '../checks/finding-text.ts';
import { ImageChecks } from '../checks/image-checks.ts';
import { InventoryTaker } from '../checks/inventory-taker.ts';
import { codeText } from '../code-text.ts';
import { Catalog } from '../images/catalog.ts';
import { DRAIN_DEADLINE_MS } from '../server/limits.ts';
import { UpdateServer } from '../server/update-server.ts';
import { StatusPages } from '../status/status-pages.ts';
import { announce, unreadableText } from './announce.ts';
import { bugWriter, logBugs } from './bugs.ts';
import type { CommandSettings } from './environment.ts';
import { logFaults, readFault } from './faults.ts';
import { renewOnHangup } from './hangup.ts';
import { checkFolder } from './image-folder.ts';
import { keepBuilds, openBuilds } from './keeping.ts';
import { checkKeptFiles } from './kept-files.ts';
import { LineLog } from './line-log.ts';
import { takeListenDescriptor } from './listen-fds.ts';
import { LOG_FORMATS } from './log-formats.ts';
import { standardOutput } from './log-output.ts';
import { openControl } from './open-control.ts';
import { openInventories } from './open-inventories.ts';
import { readTls, readUsers } from './secrets.ts';
import { ServiceManager } from './service-manager.ts';
import { STOP_SIGNALS } from './stop-signal.ts';
import { unkeptChecksText } from './with-checks.ts';

/** Exit status of a process that a signal ended, as shells give it: 128 and the signal's number (signal(7)). */
const STATUS_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Serves until a signal, or the completed update of a one-shot, ends it. `environment` has what a supervisor hands
 * over: a socket, and where to report the service's state. `fault`: what stands behind `--fault`, where that was given.
 */
export async function serve(
  settings: CommandSettings,
  environment: NodeJS.ProcessEnv,
  fault?: readonly string[],
): Promise<void> {
  const order = fault === undefined ? undefined : readFault(fault, environment, process);
  const descriptor = takeListenDescriptor(environment, process.pid);
  const folder = path.resolve(settings.imagePath);
  await checkFolder(folder);
  await checkKeptFiles(settings);
  const { auth, tlsFiles } = settings;
  const users = auth?.kind === 'file' ? await readUsers(auth.path) : undefined;
  const tls = tlsFiles && (await readTls(tlsFiles));
  const catalog = new Catalog([folder], { followsLinks: settings.followLinks });
  const log = new LineLog(standardOutput(process.stdout), LOG_FORMATS[settings.logFormat]);
  const warnOfChecks = (text: string) => log.write(text, 'checks', 'warning');
  const checks = await ImageChecks.open(settings.checksPath, settings, warnOfChecks);
  checks.events.on('unkept', (code) => warnOfChecks(unkeptChecksText(settings, code)));
  catalog.events.on('unreadable', (unreadable) => log.write(unreadableText(unreadable), 'unreadable', 'error'));
  catalog.events.on('readable', (path) => log.write(`${path} can be read again`, 'readable'));
  checks.events.on('foreign', (image, gap) => warnOfChecks(`${image}.img.zst: ${gapText(gap)}`));
  const manager = ServiceManager.take(environment, process.pid, (text) => log.write(text, 'manager', 'warning'));
  const { statePath, statusAllow: allowed } = settings;
  const warnOfBuilds = (text: string) => log.write(text, 'builds', 'warning');
  const builds = await openBuilds(settings, warnOfBuilds);
  const boards = await BoardRegistry.open({
    statePath,
    stopsLoops: () => settings.stopLoops,
    rollOutPlan: () => settings.rollOut,
    keptBuild: (imageId, buildId) => builds?.find({ imageId, buildId }),
    onMessage: (text) => log.write(text, 'boards', 'warning'),
  });
  const served = builds === undefined ? catalog : new ServedImages(catalog, builds);
  const snapshot = await served.refresh();
  boards.rollOuts.takeAsFirst(snapshot.images);
  const pages = new StatusPages({
    version: packageJson.version,
    catalog: served,
    builds,
    checks,
    boards,
    folders: { images: folder, ...(settings.keep && { builds: settings.keep.folder }) },
    allowed,
  });
  const server = await UpdateServer.start({
    ...settings,
    ...(descriptor === undefined ? {} : { descriptor }),
    catalog: served,
    checks,
    pages: pages.add,
    assigner: boards.assigner,
    mode: { kind: settings.stopAfterRequest ? 'once' : 'all' },
    identity: { server: 'mkbox', version: packageJson.version },
    credentials: auth?.kind === 'user' ? auth.credentials : users?.value,
    tls: tls?.value,
    onHandshakeFailed: (text) => log.write(text, 'handshake', 'warning'),
    onMalformed: (text) => log.write(text, 'malformed', 'warning'),
  });
  if (order !== undefined) server.faults.arm(order);
  const stopLoggingBugs = logBugs(server, log);
  boards.watch(server);
  pages.watch(server);
  announce(log, server, {
    ...settings,
    folder,
    realFolder: await realpath(folder),
    snapshot,
    isHandedOver: descriptor !== undefined,
  });
  logFaults(server.faults, log);
  for (const warning of [...(users?.warnings ?? []), ...(tls?.warnings ?? [])])
    log.write(warning, 'secrets', 'warning');
  for (const told of ['waiting', 'finished', 'broken', 'refused'] as const) {
    server.events.on(told, (transfer) => log.record({ kind: 'request', transfer }));
  }
  boards.events.on('rollOut', (rollOut) =>
    log.write(rollOutLine(rollOut), 'roll-out', rollOut.state.kind === 'halted' ? 'warning' : 'info'),
  );
  boards.events.on('reflashing', (reflash) => log.record({ kind: 'reflash', reflash }));
  const stop = () => (descriptor === undefined ? server.stop() : server.handOver());
  stopOnSignals(server, log, (text) => {
    manager.stopping(text);
    void stop();
  });
  renewOnHangup(server, settings, log);
  const left = new LeftPublications({
    catalog,
    onFailure: (box, code) => warnOfBuilds(unpublishedText(box, code)),
    onBug: bugWriter(log),
  });
  const taker = takeInventories(settings, server, checks, log);
  builds?.events.on('changed', () => server.forgetAnswers());
  const keeper = builds && keepBuilds(settings, { builds, catalog, checks, server, boards, warn: warnOfBuilds });
  const warnOfControl = (text: string) => log.write(text, 'control', 'warning');
  const control = await openControl(settings, {
    boards,
    catalog: served,
    builds,
    faults: server.faults,
    status: pages.report,
    warn: warnOfControl,
  });
  manager.ready(runningText(server), async () => {
    await stat(folder).catch(() => {}); // how it ends does not matter: that it does, shows that files can be read
    return server.isListening || server.isStopping ? runningText(server) : undefined;
  });
  log.flush(); // who waits for the first line may send a signal at once
  const shot = await server.stopped;
  stopLoggingBugs();
  pages.close();
  await control?.[Symbol.asyncDispose]();
  const parts = [boards, taker, keeper, checks, manager];
  await Promise.all([...parts.map((part) => part?.close()), left[Symbol.asyncDispose]()]);
  log.write(shot === undefined ? 'stopped' : `stopped after the update of ${shot.client}`, 'stopped');
  await log.close();
}

/** Keeps the inventory of each build that boards get, beside what is known of images. */
function takeInventories(
  { checksPath }: CommandSettings,
  server: UpdateServer,
  checks: ImageChecks,
  log: LineLog,
): InventoryTaker | undefined {
  const inventories = openInventories(checksPath, (text) => log.write(text, 'inventories', 'warning'));
  if (inventories === undefined) return undefined;
  const isBusy = () => server.running.size > 0;
  const onFailure = (text: string) => log.write(text, 'inventories');
  const taker = new InventoryTaker({ checks, inventories, isBusy, onFailure });
  checks.events.on('right', (set) => taker.add(set));
  return taker;
}

function unpublishedText(folder: string, code: string): string {
  return `${folder} has a set that was published in part, which can't be made whole here (${codeText(code)}): publish it again`;
}

function runningText(server: UpdateServer): string {
  return `${server.running.size} requests are being answered`;
}

/** The first signal stops the server once running transfers are done; the second, of either kind, ends the process at once. */
function stopOnSignals(server: UpdateServer, log: LineLog, stop: (text: string) => void): void {
  let isStopping = false;
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (isStopping) {
        log.flush();
        process.exit(STATUS_BY_SIGNAL[signal]);
      }
      isStopping = true;
      const text = `finishing ${server.running.size} running requests, for at most ${DRAIN_DEADLINE_MS / 1000} s`;
      log.write(`${signal}: ${text}`, 'stopping');
      stop(text);
    });
  }
}
