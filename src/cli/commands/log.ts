import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { AuditEntry } from '../../control/audit-log.ts';
import { askControl } from '../../control/control-client.ts';
import { shortBuildId } from '../../images/build-id.ts';
import { printable } from '../../printable.ts';
import { requireControlPath } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/** How often it is looked whether there is more. */
const LOOK_MS = 1_000;

interface LogOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** `update-server log [--follow] [--json]`: what people decided, who, when and why. */
export function logCommand({ settings }: CommandContext): Command {
  return subcommand('log', 'Prints what people decided: who, when, and why.')
    .option('-f, --follow', 'goes on with what is decided from now on')
    .option('--json', 'for programs, an object a line')
    .action(async ({ follow = false, json = false }: LogOptions) => {
      const path = requireControlPath(settings());
      let printed: AuditEntry | undefined;
      do {
        const { entries = [] } = (await askControl(path, 'log')) as { entries?: readonly AuditEntry[] };
        const last = entries.findLastIndex((entry) => JSON.stringify(entry) === JSON.stringify(printed));
        for (const entry of entries.slice(last + 1)) {
          process.stdout.write(`${json ? JSON.stringify(entry) : printable(lineOf(entry))}\n`);
          printed = entry;
        }
        if (follow) await sleep(LOOK_MS);
      } while (follow);
    });
}

function lineOf({ atMs, by, act, name, image, build, detail, why }: AuditEntry): string {
  const what = [act, name, detail, image, build && shortBuildId(build)].filter((part) => part !== undefined);
  return `${new Date(atMs).toISOString()} ${by}: ${what.join(' ')}${why === undefined ? '' : ` (${why})`}`;
}
