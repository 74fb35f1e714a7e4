import { doesNotThrow, throws } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkFolderBlock } from '../../../src/contents/ext4/checksums.ts';
import { crc32c } from '../../../src/contents/ext4/crc32c.ts';

const SEED = 0x1234;
const BLOCK_BYTES = 1024;
const TAIL_BYTES = 12;

/** A folder's block with two entries, the last of which takes what is left, and its checksum. */
function folderBlock(): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const tail = BLOCK_BYTES - TAIL_BYTES;
  writeEntry(block, 0, 12, 'a');
  writeEntry(block, 12, tail - 12, 'motd');
  block.writeUInt32LE(0xde00000c, tail + 4);
  block.writeUInt32LE(crc32c(SEED, block, 0, tail), tail + 8);
  return block;
}

function writeEntry(block: Buffer, at: number, length: number, name: string): void {
  block.writeUInt32LE(12, at);
  block.writeUInt16LE(length, at + 4);
  block.writeUInt8(name.length, at + 6);
  block.write(name, at + 8);
}

suite("the checksum of a folder's block", () => {
  test('holds where the block is as it was written', () => {
    doesNotThrow(() => checkFolderBlock(SEED, folderBlock()));
  });

  test('tells of each byte that is another one, be it behind the last name', () => {
    for (let at = 0; at < BLOCK_BYTES - TAIL_BYTES; at++) {
      const block = folderBlock();
      block.writeUInt8(block.readUInt8(at) ^ 0xff, at);
      throws(() => checkFolderBlock(SEED, block), /a block of a folder doesn't match its checksum/, `byte ${at}`);
    }
  });
});
