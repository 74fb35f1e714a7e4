import type { Argument, Command } from 'commander';
import { IMAGE_HELP } from './commands/subcommand.ts';

/** What may stand at the cursor, as far as the words before it tell. */
export type Wanted =
  | { readonly kind: 'subcommand' }
  /** Words that are known without a server. */
  | { readonly kind: 'words'; readonly words: readonly Suggestion[] }
  /** What a running server knows. `of`: the image that was named before it. */
  | { readonly kind: ServerValues; readonly of?: string }
  | { readonly kind: 'file' }
  /** An image below IMAGE_PATH, or a path. */
  | { readonly kind: 'image or file' }
  | { readonly kind: 'nothing' };

type ServerValues = 'board' | 'tag' | 'image' | 'box' | 'build' | 'build or image';

/** A word that may stand at the cursor, and what it means. */
export interface Suggestion {
  readonly word: string;
  readonly about: string;
}

const BY_ARGUMENT: Readonly<Record<string, Wanted['kind']>> = {
  board: 'board',
  tag: 'tag',
  image: 'image',
  'image.img': 'file',
  file: 'file',
  after: 'image or file',
  'build|newest': 'build',
  'build|image': 'build or image',
};

const NOTHING: Wanted = { kind: 'nothing' };

/**
 * What may follow `before`, the words behind the name of the subcommand, if the word at the cursor begins with `begun`.
 * Whoever types may have made a mistake: what makes no sense has nothing after it.
 */
export function wantedAt({ options, registeredArguments }: Command, before: readonly string[], begun: string): Wanted {
  const positional: string[] = [];
  const flags = new Set<string>();
  let open: string | undefined;
  let isAfterDashes = false;
  for (const word of before) {
    if (open !== undefined) open = undefined;
    else if (isAfterDashes || !word.startsWith('-') || word === '-') positional.push(word);
    else if (word === '--') isAfterDashes = true;
    else {
      const option = options.find(({ long, short }) => word === long || word === short);
      if (option === undefined) continue; // --why=…, or what is none
      flags.add(option.long ?? word);
      if (option.required) open = option.long;
    }
  }
  if (open !== undefined) return open === '--to' ? { kind: 'box' } : NOTHING;
  if (!isAfterDashes && begun.startsWith('-')) {
    const left = options.filter(({ long }) => long !== undefined && !flags.has(long));
    const words = left.map(({ long = '', description }) => ({ word: long, about: description }));
    return { kind: 'words', words: [...words, { word: '--help', about: 'prints how to use it' }] };
  }
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[positional.length] ?? (last?.variadic ? last : undefined);
  return argument === undefined ? NOTHING : wantedAs(argument, positional);
}

function wantedAs(argument: Argument, [first]: readonly string[]): Wanted {
  const { argChoices, description } = argument;
  if (argChoices !== undefined) return { kind: 'words', words: argChoices.map((word) => ({ word, about: '' })) };
  if (description.startsWith(IMAGE_HELP)) return { kind: 'image or file' };
  const kind = BY_ARGUMENT[argument.name()];
  switch (kind) {
    case undefined:
      return NOTHING;
    case 'build':
      return { kind, ...(first !== undefined && { of: first }) };
    case 'words':
    case 'subcommand':
      return NOTHING;
    default:
      return { kind };
  }
}
