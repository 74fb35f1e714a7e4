import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { treeFaultText } from '../contents/file-tree.ts';
import { readOwners } from '../contents/owners.ts';
import { type InstalledPackage, packagesFaultText, readPackages } from '../contents/packages.ts';
import { errorCode, UserError } from '../errors.ts';
import { printable, printableJson } from '../printable.ts';
import { type Settings, UsageError } from './environment.ts';
import { fileLines, fileObjects } from './file-lines.ts';
import { type ImageAddress, parseImageAddress } from './image-address.ts';
import { lookInside } from './look-inside.ts';

/** The text to print, and whether all files could be read. */
export interface Printed {
  readonly text: string;
  readonly isWhole: boolean;
}

/**
 * `update-server ls <image>[:<path>] [--json]`: lists a folder of an image, or one file.
 * @throws UsageError; UserError when there is no such image or file, or it can't be read.
 */
export async function ls(args: readonly string[], settings: Settings): Promise<Printed> {
  const { address, isJson } = readArguments('ls', args);
  const { files, owners } = await lookInside(address, settings, async (tree) => {
    const owners = await readOwners(tree);
    const file = await tree.stat(address.path);
    if ('kind' in file) throw new UserError(treeFaultText(address.path, file));
    if (file.status.type !== 'folder') return { files: [{ ...file, name: address.path }], owners };
    const children = await tree.list(address.path);
    if ('kind' in children) throw new UserError(treeFaultText(address.path, children));
    return { files: children, owners };
  });
  const lines = isJson ? [printableJson(fileObjects(files))] : fileLines(files, owners);
  return { text: lines.map((line) => `${line}\n`).join(''), isWhole: files.every((file) => 'status' in file) };
}

/**
 * `update-server cat <image>:<path>`: writes a file of an image to `output`. At a terminal, control characters are
 * escaped.
 * @throws UsageError; UserError when there is no such image or file, or it can't be read to its end.
 */
export async function cat(
  args: readonly string[],
  settings: Settings,
  output: Writable & { readonly isTTY?: boolean },
): Promise<void> {
  const { address, isJson } = readArguments('cat', args);
  if (isJson) throw new UsageError('cat: there is no option --json');
  if (address.path === '/') throw new UsageError('cat what? Give <image>:<path>');
  await lookInside(address, settings, async (tree, signal) => {
    const pieces = await tree.read(address.path);
    if ('kind' in pieces) throw new UserError(treeFaultText(address.path, pieces));
    const source = output.isTTY ? printableText(pieces) : pieces;
    try {
      await pipeline(Readable.from(source), output, { end: false, signal });
    } catch (error) {
      signal.throwIfAborted();
      // whoever read it has read enough: `| head`
      if (errorCode(error) !== 'EPIPE' && errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  });
}

/**
 * `update-server packages <image> [--json]`: the packages that apk has installed in an image.
 * @throws UsageError; UserError when there is no such image, it can't be read, or apk installed nothing in it.
 */
export async function packages(args: readonly string[], settings: Settings): Promise<string> {
  const { address, isJson } = readArguments('packages', args);
  if (address.path !== '/') throw new UsageError('packages takes an image, and no path in it');
  const installed = await lookInside(address, settings, async (tree) => {
    const found = await readPackages(tree);
    if ('kind' in found) throw new UserError(packagesFaultText(found));
    return found;
  });
  if (isJson)
    return `${printableJson(installed.map(({ name, version, bytes }) => ({ name, version, size: bytes })))}\n`;
  return packageLines(installed).join('');
}

function packageLines(installed: readonly InstalledPackage[]): string[] {
  const rows = installed.map(({ name, version, bytes }) => [printable(name), printable(version), `${bytes}`] as const);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    ([name, version, bytes]) =>
      `${name.padEnd(widths[0] ?? 0)}  ${version.padEnd(widths[1] ?? 0)}  ${bytes.padStart(widths[2] ?? 0)}\n`,
  );
}

async function* printableText(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield printableLines(decoder.decode(piece, { stream: true }));
  yield printableLines(decoder.decode());
}

/** Line ends and tabs are what a terminal is for. */
function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable);
}

function readArguments(command: string, args: readonly string[]): { address: ImageAddress; isJson: boolean } {
  const { positionals, values } = parse(command, args);
  const [address, ...others] = positionals;
  if (address === undefined) throw new UsageError(`${command} what? Give an image: <box>/<image>, or a file`);
  if (others.length > 0) throw new UsageError(`${command} takes one image, and not ${positionals.join(' ')}`);
  return { address: parseImageAddress(address), isJson: values.json ?? false };
}

function parse(command: string, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    // ERR_PARSE_ARGS_…: an option that there is not
    if (error instanceof TypeError) throw new UsageError(`${command}: ${error.message}`);
    throw error;
  }
}
