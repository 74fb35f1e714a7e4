import { Argument, type Command } from 'commander';
import { askControl } from '../../control/control-client.ts';
import { shortBuildId } from '../../images/build-id.ts';
import { order, requireControlPath } from '../control.ts';
import { UsageError } from '../environment.ts';
import { textTable } from '../text-table.ts';
import type { CommandContext } from './commands.ts';
import { WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** As the control socket has it. */
interface ListedRollOut {
  readonly image: string;
  readonly build: string;
  readonly text: string;
  readonly progress: { readonly confirmed: number; readonly of: number };
}

interface RollOutOptions {
  readonly stages?: string;
  readonly build?: string;
  readonly json?: boolean;
  readonly why?: string;
}

const STEPS = ['continue', 'halt', 'back', 'finish'] as const;

/**
 * `update-server rollout [<image> start|continue|halt|back|finish]`: lists what is being rolled out, or sends an image's
 * newest build out in stages, and decides how that goes on.
 */
export function rolloutCommand({ settings }: CommandContext): Command {
  return subcommand('rollout', 'Sends a new build out in stages; without arguments, lists what is under way.')
    .argument('[image]', '<box>/<image>, or <image>')
    .addArgument(new Argument('[step]', 'what is to be done').choices(['start', ...STEPS]))
    .option(
      '--stages <list>',
      "of a start: numbers of boards, shares of them, all (the server's ROLLOUT, else 1,10%,all)",
    )
    .option('--build <id>', 'the build that is meant, by the beginning of its ID: nothing is done to another one')
    .option('--json', 'of the list, for programs')
    .option(...WHY)
    .action(async (image: string | undefined, step: string | undefined, options: RollOutOptions) => {
      const given = settings();
      if (image === undefined) return list(requireControlPath(given), options.json ?? false);
      const { stages, build, why } = options;
      const more = { ...(build !== undefined && { build }), ...(why && { why }) };
      if (step === 'start') {
        const named = stages === undefined ? {} : { stages: stages.split(',') };
        return order(given, { act: 'roll-out', image, step, ...named, ...more });
      }
      const known = STEPS.find((each) => each === step);
      if (known === undefined) throw new UsageError(`a step is start, ${STEPS.join(', ')}, not ${step ?? 'nothing'}`);
      return order(given, { act: 'roll-out', image, step: known, ...more });
    });
}

async function list(path: string, isJson: boolean): Promise<void> {
  const { rollOuts = [] } = (await askControl(path, 'roll-outs')) as { rollOuts?: readonly ListedRollOut[] };
  if (isJson) process.stdout.write(`${JSON.stringify(rollOuts)}\n`);
  else {
    const rows = rollOuts.map(({ image, build, text, progress }) => [
      image,
      shortBuildId(build),
      `${progress.confirmed} of ${progress.of}`,
      text,
    ]);
    process.stdout.write(textTable(['IMAGE', 'BUILD', 'CONFIRMED', 'STATE'], rows));
  }
}
