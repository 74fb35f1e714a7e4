import type { Command } from 'commander';
import { shortBuildId } from '../../images/build-id.ts';
import { readStatus } from '../control.ts';
import { textTable } from '../text-table.ts';
import type { CommandContext } from './commands.ts';
import { JSON_OF_STATUS } from './control-options.ts';
import { subcommand } from './subcommand.ts';

type BoardReport = Awaited<ReturnType<typeof readStatus>>['boards'][number];

/** `update-server boards [--json]`: the boards that a running server knows, and where each stands. */
export function boardsCommand({ settings }: CommandContext): Command {
  return subcommand('boards', 'Lists the boards that a running server knows.')
    .option('--json', JSON_OF_STATUS)
    .action(async ({ json = false }: { json?: boolean }) => {
      const { boards } = await readStatus(settings());
      const heads = ['BOARD', 'ADDRESS', 'STATE', 'RUNS', 'IMAGE', 'TAGS', 'GETS'];
      process.stdout.write(json ? `${JSON.stringify(boards)}\n` : textTable(heads, boards.map(cellsOf)));
    });
}

function cellsOf({ name, mac, address, state, reportedBuild, image, tags = [], assignment, ...board }: BoardReport) {
  return [
    name ?? mac ?? '-',
    address,
    stateText(state, board),
    reportedBuild === undefined ? '-' : shortBuildId(reportedBuild),
    image ?? '-',
    tags.join(',') || '-',
    assignment ?? 'the newest',
  ];
}

function stateText(state: BoardReport['state'], { download }: Pick<BoardReport, 'download'>): string {
  if (state.kind === 'refused') return `refused: ${state.reason}`;
  if (download === undefined) return state.kind;
  return `${state.kind} ${Math.floor((100 * download.sentBytes) / Math.max(1, download.totalBytes))} %`;
}
