import type { Command } from 'commander';
import { treeFaultText } from '../../contents/tree-fault.ts';
import { UserError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { UsageError } from '../environment.ts';
import { parseImageAddress } from '../image-address.ts';
import { lookInside } from '../look-inside.ts';
import { print } from '../print.ts';
import type { CommandContext } from './commands.ts';
import { IMAGE_HELP, subcommand } from './subcommand.ts';

/** `update-server cat <image>:<path>`: writes a file of an image to standard output. At a terminal, control characters are escaped. */
export function catCommand({ settings }: CommandContext): Command {
  return subcommand('cat', 'Writes a file inside an image to standard output.')
    .argument('<image:path>', `${IMAGE_HELP}, and a path in it; <image>:initramfs:<path> is one in its initramfs`)
    .action(async (text: string) => {
      const address = parseImageAddress(text);
      if (address.path === '/') throw new UsageError('cat what? Give <image>:<path>');
      const isTerminal = process.stdout.isTTY;
      await lookInside(address, settings(), async (tree, signal) => {
        const pieces = await tree.read(address.path);
        if ('kind' in pieces) throw new UserError(treeFaultText(address.path, pieces));
        for await (const piece of isTerminal ? printableText(pieces) : pieces) {
          signal.throwIfAborted();
          if (!(await print(piece))) return;
        }
      });
    });
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
