import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { BoardRegistry } from '../boards/board-registry.ts';
import { reflashText } from '../boards/reflash-text.ts';
import { ImageChecks } from '../checks/image-checks.ts';
import { Catalog } from '../images/catalog.ts';
import { DRAIN_DEADLINE_MS } from '../server/limits.ts';
import { transferLine } from '../server/transfer-line.ts';
import { UpdateServer } from '../server/update-server.ts';
import { StatusPages } from '../status/status-pages.ts';
import { announce } from './announce.ts';
import type { Settings } from './environment.ts';
import { renewOnHangup } from './hangup.ts';
import { checkFolder } from './image-folder.ts';
import { LineLog } from './line-log.ts';
import { readTls, readUsers } from './secrets.ts';

/** Exit status of a process that a signal ended, as shells give it: 128 and the signal's number (signal(7)). */
const STATUS_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** Serves until a signal, or the completed update of a one-shot, ends it. */
export async function serve(settings: Settings): Promise<void> {
  const folder = path.resolve(settings.imagePath);
  await checkFolder(folder);
  const { auth, tlsFiles } = settings;
  const users = auth?.kind === 'file' ? await readUsers(auth.path) : undefined;
  const tls = tlsFiles && (await readTls(tlsFiles));
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
    credentials: auth?.kind === 'user' ? auth.credentials : users?.value,
    tls: tls?.value,
    onHandshakeFailed: (text) => log.write(text),
  });
  boards.watch(server);
  pages.watch(server);
  announce(log, server, folder, snapshot);
  for (const warning of [...(users?.warnings ?? []), ...(tls?.warnings ?? [])]) log.write(warning);
  for (const end of ['finished', 'broken', 'refused'] as const) {
    server.events.on(end, (transfer) => log.write(transferLine(transfer)));
  }
  boards.events.on('reflashing', (reflash) => log.write(reflashText(reflash)));
  stopOnSignals(server, log);
  renewOnHangup(server, settings, log);
  log.flush(); // who waits for the first line may send a signal at once
  const shot = await server.stopped;
  pages.close();
  await Promise.all([boards.close(), checks.close()]);
  log.write(shot === undefined ? 'stopped' : `stopped after the update of ${shot.client}`);
  log.flush();
}

/** The first signal has the server stop when running transfers are done; the second ends the process at once. */
function stopOnSignals(server: UpdateServer, log: LineLog): void {
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
}
