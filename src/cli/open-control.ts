import path from 'node:path';
import type { BoardRegistry } from '../boards/board-registry.ts';
import { isOfNewBuild } from '../boards/roll-out.ts';
import { rollOutText } from '../boards/roll-out-text.ts';
import type { Unkept } from '../boards/state-file.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import { codeText } from '../code-text.ts';
import { Acts } from '../control/acts.ts';
import { auditFile } from '../control/audit-file.ts';
import { AuditLog } from '../control/audit-log.ts';
import { recordAutomaticActs } from '../control/automatic-acts.ts';
import { carryOut } from '../control/carry-out.ts';
import { ControlServer } from '../control/control-server.ts';
import type { Order } from '../control/order.ts';
import { systemErrorCode, UserError } from '../errors.ts';
import type { ImageSource } from '../images/catalog.ts';
import { makeFolder } from '../make-folder.ts';
import type { Faults } from '../server/faults.ts';
import type { CommandSettings } from './environment.ts';

/** Orders that change nothing of what is saved of boards. */
const FOR_NOW: readonly Order['act'][] = ['fault', 'fault-off', 'published'];

/** What is controlled. */
export interface ControlledParts {
  readonly boards: BoardRegistry;
  readonly catalog: ImageSource;
  readonly builds: KeptBuilds | undefined;
  readonly faults: Faults;
  readonly status: () => Promise<object>;
  readonly warn: (text: string) => void;
}

/**
 * Opens the control socket of a server, if there is a place for it. Where it can't be opened, `warn` is told, and the
 * server goes without: boards come first.
 */
export async function openControl(
  { controlPath, statePath }: Pick<CommandSettings, 'controlPath' | 'statePath'>,
  { boards: registry, catalog, builds, faults, status, warn }: ControlledParts,
): Promise<AsyncDisposable | undefined> {
  if (controlPath === undefined) return undefined;
  const audit = await AuditLog.open(auditFile(statePath), warn);
  const stopRecording = recordAutomaticActs(registry, audit, (board) => registry.assignmentOf(board, catalog.snapshot));
  try {
    if (process.platform !== 'win32') await makeFolder(path.dirname(controlPath)); // the name of a pipe is in no folder
    const server = await ControlServer.listen(controlPath, {
      status: async () => {
        await builds?.refresh(); // `publish` may have kept one
        return status();
      },
      log: () => audit.entries,
      rollOuts: () =>
        registry.rollOuts.list.filter(isOfNewBuild).map((rollOut) => ({
          ...rollOut,
          text: rollOutText(rollOut),
          progress: registry.rollOuts.progressOf(rollOut),
        })),
      onMessage: warn,
      carryOut: async (order, by) => {
        await builds?.refresh();
        const snapshot = await catalog.refresh(true); // an order is about the files as they are now
        const acts = new Acts({ registry, audit, by });
        const rollOutOf = (image: string, build: string) => registry.rollOuts.get(image, build);
        const done = await carryOut(order, { acts, boards: registry.boards, rollOutOf, snapshot, builds, by, faults });
        const failure = FOR_NOW.includes(order.act) ? undefined : await registry.save();
        return failure === undefined ? done : [...done, unsavedText(failure)];
      },
    });
    return {
      async [Symbol.asyncDispose]() {
        await server.close();
        stopRecording();
        await audit.close();
      },
    };
  } catch (error) {
    if (!(error instanceof UserError) && systemErrorCode(error) === undefined) throw error;
    stopRecording();
    await audit.close();
    warn(`${error instanceof Error ? error.message : error}; this server can't be controlled`);
    return undefined;
  }
}

function unsavedText({ kind, code }: Unkept): string {
  return kind === 'so far'
    ? `not saved yet: the server's disk refused (${codeText(code)}); it is lost if the server restarts before it can be saved`
    : `not saved: STATE_PATH could not be read when the server started (${codeText(code)}); see its log, restart it, and order it again`;
}
