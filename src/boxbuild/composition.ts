/** What a box consists of: each BOXBUILD of its chain, with the packages and the room that it adds. */
import path from 'node:path';
import { type Chain, nameOf, topAssignments } from './chain.ts';
import { type Bases, boardOf } from './layout.ts';
import { sizeBytes } from './size.ts';
import { expand } from './words.ts';

/** A BOXBUILD of a chain, with what it adds. */
export interface CompositionStep {
  readonly boxbuild: string;
  /** The board that it describes; undefined for a box's. */
  readonly board: string | undefined;
  /** Its folder's name. */
  readonly folder: string;
  /** What it puts into the root file system, as far as it is written out. */
  readonly packages: readonly string[];
  readonly initramfsPackages: readonly string[];
  /** Room in the root partition, in bytes; undefined where it can't be read. */
  readonly rootBytes: number | undefined;
  /** The boot partition, in bytes, where it is set here. */
  readonly bootBytes: number | undefined;
}

/** What a box consists of on one board. */
export interface Composition {
  /** An extended BOXBUILD before the one that extends it: the board's comes first. */
  readonly steps: readonly CompositionStep[];
  /** The root partition's size in bytes; undefined where a part of it can't be read. */
  readonly rootBytes: number | undefined;
  /** Whether everything that it consists of can be read without running it. */
  readonly isKnown: boolean;
}

/** Takes a chain apart. */
export function compositionOf({ steps, isKnown }: Chain, bases: Bases | undefined): Composition {
  const found = steps.map(({ path: boxbuild, script }) => {
    const top = topAssignments(script);
    const words = (directive: string) =>
      top.flatMap(({ name, value }) => (name === directive && !('parts' in value) ? value : []));
    const packages = (directive: string) =>
      words(directive)
        .map((word) => expand(word))
        .filter((name) => name !== undefined);
    const size = (directive: string) => {
      const last = top.findLast(({ name }) => name === directive);
      return last === undefined ? undefined : 'parts' in last.value ? bytesIn(expand(last.value)) : Number.NaN;
    };
    const grown = script.commands
      .filter((command) => command.within === undefined && nameOf(command) === 'inc_root_size')
      .map(({ words: [, argument] }) => bytesIn(argument && expand(argument)));
    const rootBytes = sumOf([size('root_size') ?? 0, ...grown]);
    return {
      boxbuild,
      board: boardOf(boxbuild, bases),
      folder: path.basename(path.dirname(boxbuild)),
      packages: packages('apks'),
      initramfsPackages: packages('initramfs_apks'),
      rootBytes,
      bootBytes: finite(size('boot_size')),
    };
  });
  return { steps: found, rootBytes: sumOf(found.map((step) => step.rootBytes ?? Number.NaN)), isKnown };
}

function bytesIn(text: string | undefined): number {
  return (text === undefined ? undefined : sizeBytes(text)) ?? Number.NaN;
}

function sumOf(sizes: readonly number[]): number | undefined {
  return finite(sizes.reduce((sum, size) => sum + size, 0));
}

function finite(size: number | undefined): number | undefined {
  return Number.isFinite(size) ? size : undefined;
}
