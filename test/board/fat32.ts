/** Bytes of the volume, from a position on. */
export type ReadVolume = (position: number, length: number) => Promise<Buffer>;

const ENTRY_BYTES = 32;
const LONG_NAME = 0x0f;
const DELETED = 0xe5;
/** A cluster number has 28 bits; from this on it is the end of a chain. */
const CLUSTER_MASK = 0x0fffffff;
const END_OF_CHAIN = 0x0ffffff8;

/** The content of the file `name` in the root folder of a FAT32 volume; upper and lower case are the same. */
export async function readRootFile(read: ReadVolume, name: string): Promise<Buffer> {
  const bpb = await read(0, 512);
  const sectorBytes = bpb.readUInt16LE(11);
  const clusterBytes = bpb.readUInt8(13) * sectorBytes;
  const fatStart = bpb.readUInt16LE(14) * sectorBytes;
  const fatBytes = bpb.readUInt32LE(36) * sectorBytes;
  if (clusterBytes === 0 || fatBytes === 0) throw new Error('the first partition is no FAT32 volume');
  const fat = await read(fatStart, fatBytes);
  const dataStart = fatStart + bpb.readUInt8(16) * fatBytes;

  const readChain = async (first: number): Promise<Buffer> => {
    const clusters: Buffer[] = [];
    for (let cluster = first; cluster < END_OF_CHAIN; cluster = fat.readUInt32LE(cluster * 4) & CLUSTER_MASK) {
      if (cluster < 2 || clusters.length * 4 > fatBytes) throw new Error(`a broken chain from cluster ${first}`);
      clusters.push(await read(dataStart + (cluster - 2) * clusterBytes, clusterBytes));
    }
    return Buffer.concat(clusters);
  };

  const file = findEntry(await readChain(bpb.readUInt32LE(44)), name);
  if (file === undefined) throw new Error(`the boot partition has no file ${name}`);
  return (await readChain(file.cluster)).subarray(0, file.bytes);
}

function findEntry(folder: Buffer, name: string): { cluster: number; bytes: number } | undefined {
  let longName = '';
  for (let position = 0; position < folder.length; position += ENTRY_BYTES) {
    const entry = folder.subarray(position, position + ENTRY_BYTES);
    if (entry.readUInt8(0) === 0) return undefined;
    if (entry.readUInt8(0) === DELETED) {
      longName = '';
    } else if (entry.readUInt8(11) === LONG_NAME) {
      longName = longNamePart(entry) + longName; // the last part comes first
    } else {
      const found = (longName || shortName(entry)).toLowerCase() === name.toLowerCase();
      const cluster = entry.readUInt16LE(20) * 0x10000 + entry.readUInt16LE(26);
      if (found) return { cluster, bytes: entry.readUInt32LE(28) };
      longName = '';
    }
  }
  return undefined;
}

function longNamePart(entry: Buffer): string {
  const text = Buffer.concat([entry.subarray(1, 11), entry.subarray(14, 26), entry.subarray(28, 32)]).toString(
    'utf16le',
  );
  return text.replace(/[\0\uffff]/g, '');
}

function shortName(entry: Buffer): string {
  const base = entry.toString('latin1', 0, 8).trimEnd();
  const extension = entry.toString('latin1', 8, 11).trimEnd();
  return extension === '' ? base : `${base}.${extension}`;
}
