import type { Command } from 'commander';
import { readOwners } from '../../contents/owners.ts';
import { treeFaultText } from '../../contents/tree-fault.ts';
import { UserError } from '../../errors.ts';
import { printableJson } from '../../printable.ts';
import { RUN_TIME_ERROR } from '../exit-status.ts';
import { fileLines, fileObjects } from '../file-lines.ts';
import { parseImageAddress } from '../image-address.ts';
import { lookInside } from '../look-inside.ts';
import type { CommandContext } from './commands.ts';
import { IMAGE_HELP, subcommand } from './subcommand.ts';

/** `update-server ls <image>[:<path>] [--json]`: lists a folder of an image, or one file. Ends with 1 where not all could be read. */
export function lsCommand({ settings }: CommandContext): Command {
  return subcommand('ls', 'Lists a folder inside an image, as the board sees it, or one file.')
    .argument('<image[:path]>', `${IMAGE_HELP}; <image>:initramfs:<path> is a path in its initramfs`)
    .option('--json', 'prints an array of objects')
    .action(async (text: string, { json }: { readonly json?: true }) => {
      const address = parseImageAddress(text);
      const { files, owners } = await lookInside(address, settings(), async (tree) => {
        const owners = await readOwners(tree);
        const file = await tree.stat(address.path);
        if ('kind' in file) throw new UserError(treeFaultText(address.path, file));
        if (file.status.type !== 'folder') return { files: [{ ...file, name: address.path }], owners };
        const children = await tree.list(address.path);
        if ('kind' in children) throw new UserError(treeFaultText(address.path, children));
        return { files: children, owners };
      });
      const lines = json ? [printableJson(fileObjects(files))] : fileLines(files, owners);
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
      if (!files.every((file) => 'status' in file)) process.exitCode = RUN_TIME_ERROR;
    });
}
