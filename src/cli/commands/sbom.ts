import type { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { billOfMaterials } from '../../contents/bill-of-materials.ts';
import { UserError } from '../../errors.ts';
import { inventoryAndDigestOf } from '../image-inventory.ts';
import type { CommandContext } from './commands.ts';
import { IMAGE_HELP, subcommand } from './subcommand.ts';

/** `update-server sbom <image>`: the software in an image as CycloneDX 1.6, in JSON. */
export function sbomCommand({ settings }: CommandContext): Command {
  return subcommand(
    'sbom',
    'Prints a bill of materials of an image: its packages with their licences, as CycloneDX 1.6.',
  )
    .argument('<image>', IMAGE_HELP)
    .action(async (image: string) => {
      const { inventory, sha256 } = await inventoryAndDigestOf(image, settings());
      if (inventory.packages.length === 0) throw new UserError(`${image}: apk has installed nothing in it`);
      const bill = billOfMaterials(inventory, { sha256, toolVersion: packageJson.version });
      process.stdout.write(`${JSON.stringify(bill, undefined, 2)}\n`);
    });
}
