import { isIP } from 'node:net';

/** What a command may be told of a board. */
export interface BoardWords {
  /** The address that it asks from. */
  readonly address: string;
  /** What the user calls it. */
  readonly name?: string | undefined;
  readonly mac?: string | undefined;
}

/** A program and its arguments: what is run, without a shell. */
export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
}

/** Why a command can't be run as it is set. */
export type CommandFault =
  | { readonly kind: 'nothing set' }
  /** It is neither a line nor a list of texts. */
  | { readonly kind: 'no command' }
  | { readonly kind: 'open quote'; readonly quote: string }
  | { readonly kind: 'unknown variable'; readonly variable: string }
  /** The board has none. */
  | { readonly kind: 'no value'; readonly variable: string }
  | { readonly kind: 'no address'; readonly address: string }
  /** The program is to be named by the user, never by what a board says. */
  | { readonly kind: 'variable as program' }
  /** An argument would begin with a dash only by what a variable stands for, and so be an option. */
  | { readonly kind: 'option'; readonly argument: string };

/** Whether `result` is a fault. */
export function isFault(result: Invocation | CommandFault): result is CommandFault {
  return 'kind' in result;
}

/**
 * The command of a setting, a list of arguments or one line, with `${address}`, `${name}` and `${mac}` replaced within
 * its arguments. A line is split first, so that what a variable stands for never makes another argument.
 */
export function commandFor(setting: unknown, board: BoardWords): Invocation | CommandFault {
  const parts = typeof setting === 'string' ? splitLine(setting) : setting;
  if (!Array.isArray(parts)) return isLineFault(parts) ? parts : { kind: 'no command' };
  if (!parts.every((part) => typeof part === 'string')) return { kind: 'no command' };
  const [program, ...args] = parts;
  if (program === undefined || program === '') return { kind: 'nothing set' };
  if (program.includes('${')) return { kind: 'variable as program' };
  const values = { address: plainAddress(board.address), name: board.name, mac: board.mac };
  if (isIP(values.address) === 0) return { kind: 'no address', address: values.address };
  const filled: string[] = [];
  for (const arg of args) {
    const argument = fill(arg, values);
    if (typeof argument !== 'string') return argument;
    filled.push(argument);
  }
  return { program, args: filled };
}

/** An IPv4 address as such, also where it came in by an IPv6 socket. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/, '');
}

type Values = Readonly<Record<'address' | 'name' | 'mac', string | undefined>>;

function fill(argument: string, values: Values): string | CommandFault {
  let fault: CommandFault | undefined;
  const filled = argument.replace(/\$\{([^}]*)\}/g, (_, variable: string) => {
    const value = isKnown(variable, values) ? values[variable] : undefined;
    if (!isKnown(variable, values)) fault ??= { kind: 'unknown variable', variable };
    else if (value === undefined) fault ??= { kind: 'no value', variable };
    return value ?? '';
  });
  if (fault !== undefined) return fault;
  return filled.startsWith('-') && !argument.startsWith('-') ? { kind: 'option', argument: filled } : filled;
}

function isKnown(variable: string, values: Values): variable is keyof Values {
  return Object.hasOwn(values, variable);
}

function isLineFault(parts: unknown): parts is CommandFault {
  return typeof parts === 'object' && parts !== null && 'kind' in parts;
}

/** Blanks between arguments; a quoted part, in which blanks count; an escaped character; any other one. */
const TOKEN = /(?<blank>\s+)|"(?<double>(?:\\["\\]|[^"])*)"|'(?<single>[^']*)'|\\(?<escaped>[\s"'\\])|(?<plain>.)/gsy;

/**
 * The arguments in a line. Blanks separate them, except between quotes, single or double. A backslash takes a blank, a
 * quote or another backslash as it is, and stands for itself before anything else, as in the paths of Windows; between
 * single quotes it always does. Nothing else means anything: no `*`, no `~`, no `;`.
 */
export function splitLine(line: string): readonly string[] | CommandFault {
  const args: string[] = [];
  let argument: string | undefined;
  for (const { groups = {} } of line.matchAll(TOKEN)) {
    const { blank, double, single, escaped, plain } = groups;
    if (plain === '"' || plain === "'") return { kind: 'open quote', quote: plain };
    if (blank === undefined) {
      const text = double?.replace(/\\(["\\])/g, '$1') ?? single ?? escaped ?? plain ?? '';
      argument = (argument ?? '') + text;
    } else if (argument !== undefined) {
      args.push(argument);
      argument = undefined;
    }
  }
  return argument === undefined ? args : [...args, argument];
}
