import { Argument, type Command } from 'commander';
import { UserError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type Suggestion, type Wanted, wantedAt } from '../completion.ts';
import { COMPLETION_SCRIPTS } from '../completion-scripts.ts';
import { valuesOf } from '../completion-values.ts';
import { readStatus } from '../control.ts';
import type { CommandContext, Subcommands } from './commands.ts';
import { subcommand } from './subcommand.ts';

/** A person waits at the keyboard: what a server does not say by then is not suggested. */
const ANSWER_MS = 2_000;

/**
 * `update-server completion bash|zsh`: prints what a shell reads to complete `update-server`. That asks `completion words`
 * what may stand at the end of some words.
 */
export function completionCommand(context: CommandContext, all: Subcommands): Command {
  return subcommand('completion', 'Prints what bash or zsh reads to complete update-server.')
    .addArgument(
      new Argument('<shell>', 'bash or zsh; words: what may stand in the place of the last word').choices(SHELLS),
    )
    .argument('[word...]', 'of words: those behind update-server, up to the cursor')
    .action(async (shell: keyof typeof COMPLETION_SCRIPTS | 'words', words: readonly string[]) => {
      if (shell === 'words') process.stdout.write(await answer(words, context, all));
      else process.stdout.write(COMPLETION_SCRIPTS[shell]);
    });
}

const SHELLS = [...Object.keys(COMPLETION_SCRIPTS), 'words'];

async function answer(words: readonly string[], context: CommandContext, all: Subcommands): Promise<string> {
  const begun = words.at(-1) ?? '';
  const wanted = await wantedBy(words.slice(0, -1), begun, context, all);
  const suggested = (await suggestionsFor(wanted, begun, context, all)).filter(({ word }) => word.startsWith(begun));
  const lines = suggested
    .filter(({ word }) => word === printable(word))
    .map(({ word, about }) => `${word}\t${printable(about)}\n`);
  return [...lines, ...(wanted.kind === 'file' || wanted.kind === 'image or file' ? [':files\n'] : [])].join('');
}

async function wantedBy(
  [name, ...before]: readonly string[],
  begun: string,
  context: CommandContext,
  all: Subcommands,
): Promise<Wanted> {
  if (name === undefined) return { kind: 'subcommand' };
  const define = Object.hasOwn(all, name) ? all[name] : undefined;
  return define === undefined ? { kind: 'nothing' } : wantedAt(await define(context), before, begun);
}

async function suggestionsFor(
  wanted: Wanted,
  begun: string,
  context: CommandContext,
  all: Subcommands,
): Promise<readonly Suggestion[]> {
  switch (wanted.kind) {
    case 'subcommand':
      return subcommands(context, all);
    case 'words':
      return wanted.words;
    case 'file':
    case 'nothing':
      return [];
    default:
      try {
        return valuesOf(wanted, await readStatus(context.settings(), ANSWER_MS), begun);
      } catch (error) {
        if (error instanceof UserError) return []; // nothing is to be said in the middle of a line that is typed
        throw error;
      }
  }
}

async function subcommands(context: CommandContext, all: Subcommands): Promise<readonly Suggestion[]> {
  const defined = Object.entries(all).map(async ([word, define]) => {
    const about = (await define(context)).description();
    return { word, about };
  });
  return [
    ...(await Promise.all(defined)),
    { word: '--help', about: 'prints how to use it' },
    { word: '--version', about: 'prints its version' },
  ];
}
