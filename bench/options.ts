import path from 'node:path';
import { parseArgs } from 'node:util';
import { FULL, QUICK, type Sizes } from './sizes.ts';

/** What the command line says. */
export interface Options {
  readonly sizes: Sizes;
  /** A built server to measure instead of this project's. */
  readonly server?: string;
}

/** Reads `--quick` and `--server <file>`, or says in a line what is wrong. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: 'boolean' }, server: { type: 'string' } },
    });
    const sizes = values.quick ? QUICK : FULL;
    return values.server === undefined ? { sizes } : { sizes, server: path.resolve(values.server) };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}; there are --quick and --server <file>`;
  }
}
