import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { AuditEntry } from '../../control/audit-log.ts';
import { shortBuildId } from '../../images/build-id.ts';
import { printable } from '../../printable.ts';
import { readLog, requireControlPath } from '../control.ts';
import { print } from '../print.ts';
import { stopSignal } from '../stop-signal.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/** How often it is looked whether there is more. */
const LOOK_MS = 1_000;

interface LogOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** `update-server log [<image>] [--follow] [--json]`: what was decided, who, when and why; of one image, or all. */
export function logCommand({ settings }: CommandContext): Command {
  return subcommand('log', 'Prints what was decided, by people and by itself: who, when, and why.')
    .argument('[image]', '<box>/<image>, or <image>: only what is about that')
    .option('-f, --follow', 'goes on with what is decided from now on, until Ctrl+C, or until nobody reads it')
    .option('--json', 'for programs, an object a line')
    .action(async (image: string | undefined, { follow = false, json = false }: LogOptions) => {
      const path = requireControlPath(settings());
      const { signal: end } = follow ? stopSignal('no longer followed') : new AbortController();
      let printed: AuditEntry | undefined;
      do {
        const entries = (await readLog(path)).filter((entry) => image === undefined || isAbout(entry, image));
        const last = entries.findLastIndex((entry) => JSON.stringify(entry) === JSON.stringify(printed));
        for (const entry of entries.slice(last + 1)) {
          const isRead = await print(`${json ? JSON.stringify(entry) : printable(lineOf(entry))}\n`);
          if (!isRead) return;
          printed = entry;
        }
        if (follow) await lookTime(end);
      } while (follow && !end.aborted);
    });
}

/** Settles when it is time to look again, or at once where nobody follows any more. */
async function lookTime(end: AbortSignal): Promise<void> {
  try {
    await sleep(LOOK_MS, undefined, { signal: end });
  } catch (error) {
    if (!end.aborted) throw error;
  }
}

/** Whether an act was about an image, by its ID or its name. */
function isAbout({ image }: AuditEntry, name: string): boolean {
  return image === name || image?.endsWith(`/${name}`) === true;
}

function lineOf({ atMs, by, act, name, image, build, detail, why }: AuditEntry): string {
  const what = [act, name, detail, image, build && shortBuildId(build)].filter((part) => part !== undefined);
  return `${new Date(atMs).toISOString()} ${by}: ${what.join(' ')}${why === undefined ? '' : ` (${why})`}`;
}
