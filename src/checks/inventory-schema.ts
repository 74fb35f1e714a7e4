import * as v from 'valibot';
import type { Inventory, InventoryFile } from '../contents/inventory.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const optionalText = v.exactOptional(v.string());

const buildId = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{64}$/));

const file = v.strictObject({
  path: v.pipe(v.string(), v.startsWith('/')),
  type: v.picklist(['file', 'folder', 'link', 'character device', 'block device', 'fifo', 'socket']),
  mode: v.pipe(count, v.maxValue(0o7777)),
  uid: count,
  gid: count,
  bytes: count,
  target: optionalText,
  device: v.exactOptional(v.strictObject({ major: count, minor: count })),
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  attributes: v.exactOptional(v.record(v.string(), v.string())),
});

/** Files of an inventory. */
export const keptFiles: v.GenericSchema<InventoryFile[]> = v.array(file);

/** An inventory, as it is kept in a file. */
export const keptInventory: v.GenericSchema<Inventory> = v.strictObject({
  image: v.string(),
  buildId: v.exactOptional(buildId),
  files: v.array(file),
  initramfs: v.array(file),
  packages: v.array(
    v.strictObject({
      name: v.string(),
      version: v.string(),
      arch: optionalText,
      bytes: count,
      description: optionalText,
      license: optionalText,
      origin: optionalText,
    }),
  ),
  boardConf: v.array(v.string()),
});
