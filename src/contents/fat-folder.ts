import { textOfShortName } from './code-page.ts';

/** A file or a folder, as the folder that it lies in tells of it (fatgen103, "FAT Directory Structure"). */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isReadOnly: boolean;
  /** Its first cluster; 0 for an empty file. */
  readonly cluster: number;
  /** 0 for a folder. */
  readonly bytes: number;
  /** Seconds since 1970, of a clock that is taken to show UTC: FAT keeps no time zone. */
  readonly modifiedAt: number;
}

const ENTRY_BYTES = 32;
const LAST_ENTRY = 0x00;
const DELETED = 0xe5;
/** Stands for DELETED where that is a name's first byte. */
const FIRST_IS_E5 = 0x05;
/** No name but those of the folder itself and the one above begins with a dot: a long one's short one has none. */
const DOT = 0x2e;
const READ_ONLY = 0x01;
const VOLUME_LABEL = 0x08;
const SUBFOLDER = 0x10;
const LONG_NAME = 0x0f;
const LAST_LONG_ENTRY = 0x40;
/** Windows NT and Linux: a short name whose base, or whose extension, is in lower case. */
const LOWER_BASE = 0x08;
const LOWER_EXTENSION = 0x10;

/** A long name that is being read: its last part comes first, before its entry. */
interface LongName {
  readonly partsLeft: number;
  /** Of the short name that it belongs to. */
  readonly checksum: number;
  readonly text: string;
}

/** The files and folders in a folder, which comes in pieces of whole entries; not `.` and `..`. */
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
      const isNamed = first !== DELETED && first !== DOT && (attributes & VOLUME_LABEL) === 0;
      if (isNamed) yield entryOf(entry, attributes, long);
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

function entryOf(entry: Buffer, attributes: number, long: LongName | undefined): FolderEntry {
  const isFolder = (attributes & SUBFOLDER) !== 0;
  return {
    name: nameOf(entry, long),
    isFolder,
    isReadOnly: (attributes & READ_ONLY) !== 0,
    cluster: clusterOf(entry),
    bytes: isFolder ? 0 : entry.readUInt32LE(28),
    modifiedAt: timeOf(entry.readUInt16LE(24), entry.readUInt16LE(22)),
  };
}

function nameOf(entry: Buffer, long: LongName | undefined): string {
  if (long?.partsLeft === 0 && long.checksum === checksumOf(entry)) return long.text.replace(/\0.*$/s, '');
  const short = Buffer.from(entry.subarray(0, 11));
  if (short[0] === FIRST_IS_E5) short[0] = DELETED;
  const cases = entry.readUInt8(12);
  const base = partOf(short.subarray(0, 8), (cases & LOWER_BASE) !== 0);
  const extension = partOf(short.subarray(8), (cases & LOWER_EXTENSION) !== 0);
  return extension === '' ? base : `${base}.${extension}`;
}

/** A base or an extension, without the spaces that fill it. */
function partOf(bytes: Buffer, isLower: boolean): string {
  const text = textOfShortName(bytes).replace(/ +$/, '');
  return isLower ? text.toLowerCase() : text;
}

/** "FAT Directory Structure", "Date and Time Formats": years from 1980, months and days from 1, steps of two seconds. */
function timeOf(date: number, time: number): number {
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return Date.UTC(year, Math.max(month - 1, 0), Math.max(day, 1), time >> 11, (time >> 5) & 63, (time & 31) * 2) / 1000;
}

function clusterOf(entry: Buffer): number {
  return entry.readUInt16LE(20) * 65_536 + entry.readUInt16LE(26);
}

/** What ties a long name to its short one: the paper's ChkSum(). */
function checksumOf(entry: Buffer): number {
  return entry.subarray(0, 11).reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0);
}
