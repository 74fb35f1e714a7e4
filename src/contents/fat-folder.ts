/** A file or a folder, as the folder that it lies in tells of it (fatgen103, "FAT Directory Structure"). */
export interface FolderEntry {
  readonly name: string;
  /** Its first cluster; 0 for an empty file. */
  readonly cluster: number;
  readonly bytes: number;
}

const ENTRY_BYTES = 32;
const LAST_ENTRY = 0x00;
const DELETED = 0xe5;
const VOLUME_LABEL = 0x08;
const SUBFOLDER = 0x10;
const LONG_NAME = 0x0f;
const LAST_LONG_ENTRY = 0x40;

/** A long name that is being read: its last part stands first, before the entry that it belongs to. */
interface LongName {
  readonly partsLeft: number;
  /** Of the short name that it belongs to. */
  readonly checksum: number;
  readonly text: string;
}

/** The files in a folder, which comes in pieces of whole entries. */
export async function* entriesOf(folder: AsyncIterable<Buffer>): AsyncGenerator<FolderEntry> {
  let long: LongName | undefined;
  for await (const piece of folder) {
    for (let at = 0; at < piece.length; at += ENTRY_BYTES) {
      const entry = piece.subarray(at, at + ENTRY_BYTES);
      const [first = LAST_ENTRY] = entry;
      const attributes = entry.readUInt8(11);
      if (first === LAST_ENTRY) return;
      if ((attributes & LONG_NAME) === LONG_NAME && first !== DELETED) {
        long = withPart(long, entry);
        continue;
      }
      const isFile = first !== DELETED && (attributes & (VOLUME_LABEL | SUBFOLDER)) === 0;
      if (isFile) yield { name: nameOf(entry, long), cluster: clusterOf(entry), bytes: entry.readUInt32LE(28) };
      long = undefined;
    }
  }
}

/** The long name with one part more; undefined where that part belongs to no name. */
function withPart(long: LongName | undefined, entry: Buffer): LongName | undefined {
  const order = entry.readUInt8(0);
  const checksum = entry.readUInt8(13);
  const isFirst = (order & LAST_LONG_ENTRY) !== 0;
  const number = order & ~LAST_LONG_ENTRY;
  const before = isFirst ? { partsLeft: number, checksum, text: '' } : long;
  if (before === undefined || number === 0 || before.partsLeft !== number || before.checksum !== checksum) {
    return undefined;
  }
  const units = Buffer.concat([entry.subarray(1, 11), entry.subarray(14, 26), entry.subarray(28, 32)]);
  return { partsLeft: number - 1, checksum, text: units.toString('utf16le') + before.text };
}

function nameOf(entry: Buffer, long: LongName | undefined): string {
  if (long?.partsLeft === 0 && long.checksum === checksumOf(entry)) return long.text.replace(/\0.*$/s, '');
  const [base, extension] = [entry.toString('latin1', 0, 8).trimEnd(), entry.toString('latin1', 8, 11).trimEnd()];
  return extension === '' ? base : `${base}.${extension}`;
}

function clusterOf(entry: Buffer): number {
  return entry.readUInt16LE(20) * 65_536 + entry.readUInt16LE(26);
}

/** What ties a long name to its short one: the paper's ChkSum(). */
function checksumOf(entry: Buffer): number {
  return entry.subarray(0, 11).reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0);
}
