import type { Command } from 'commander';
import { type InstalledPackage, packagesFaultText, readPackages } from '../../contents/packages.ts';
import { UserError } from '../../errors.ts';
import { printable, printableJson } from '../../printable.ts';
import { UsageError } from '../environment.ts';
import { parseImageAddress } from '../image-address.ts';
import { lookInside } from '../look-inside.ts';
import type { CommandContext } from './commands.ts';
import { IMAGE_HELP, subcommand } from './subcommand.ts';

/** `update-server packages <image> [--json]`: the packages that apk has installed in an image. */
export function packagesCommand({ settings }: CommandContext): Command {
  return subcommand(
    'packages',
    'Lists the packages that are installed in an image: names, versions, and sizes in bytes.',
  )
    .argument('<image>', IMAGE_HELP)
    .option('--json', 'prints an array of objects')
    .action(async (image: string, { json }: { readonly json?: true }) => {
      const address = parseImageAddress(image);
      if (address.path !== '/') throw new UsageError('packages takes an image, and no path in it');
      const installed = await lookInside(address, settings(), async (tree) => {
        const found = await readPackages(tree);
        if ('kind' in found) throw new UserError(packagesFaultText(found));
        return found;
      });
      process.stdout.write(json ? packagesJson(installed) : packageLines(installed).join(''));
    });
}

function packagesJson(installed: readonly InstalledPackage[]): string {
  return `${printableJson(installed.map(({ name, version, bytes }) => ({ name, version, size: bytes })))}\n`;
}

function packageLines(installed: readonly InstalledPackage[]): string[] {
  const rows = installed.map(({ name, version, bytes }) => [printable(name), printable(version), `${bytes}`] as const);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    ([name, version, bytes]) =>
      `${name.padEnd(widths[0] ?? 0)}  ${version.padEnd(widths[1] ?? 0)}  ${bytes.padStart(widths[2] ?? 0)}\n`,
  );
}
