/** As much of FAT32 as it takes to replace a file in the root folder. */

const ENTRY_BYTES = 32;
const END = 0x0ffffff8;

/** Replaces the content of a file, in clusters that were free. */
export function replaceFile(volume, name, change) {
  const fat = new Fat(volume);
  const entry = findEntry(fat, name);
  if (entry === undefined) throw new Error(`no ${name} in the boot partition`);
  const first = (entry.readUInt16LE(20) << 16) | entry.readUInt16LE(26);
  const old = fat.read(first).subarray(0, entry.readUInt32LE(28));
  const content = change(old);
  const start = fat.write(content);
  fat.release(first);
  entry.writeUInt16LE(start >>> 16, 20);
  entry.writeUInt16LE(start & 0xffff, 26);
  entry.writeUInt32LE(content.length, 28);
}

/** The entry of a file by its long or its short name: a part of the volume, to be written to. */
function findEntry(fat, wanted) {
  let long = '';
  for (const cluster of fat.chain(fat.root)) {
    const entries = fat.cluster(cluster);
    for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
      const entry = entries.subarray(at, at + ENTRY_BYTES);
      if (entry[0] === 0) return undefined;
      if (entry[0] === 0xe5) long = '';
      else if (entry[11] === 0x0f) long = longPart(entry) + long;
      else {
        const short = entry.toString('latin1', 0, 8).trim();
        if (long.toLowerCase() === wanted || short.toLowerCase() === wanted) return entry;
        long = '';
      }
    }
  }
  return undefined;
}

/** The thirteen characters of a long name's entry, as far as they are used. */
function longPart(entry) {
  const text = [[1, 11], [14, 26], [28, 32]].map(([from, to]) => entry.toString('utf16le', from, to)).join('');
  return text.replace(/[\0\uffff].*$/s, '');
}

class Fat {
  #volume;
  #clusterBytes;
  #fatStart;
  #fatBytes;
  #copies;
  #dataStart;
  #count;

  constructor(volume) {
    const sectorBytes = volume.readUInt16LE(11);
    this.#volume = volume;
    this.#clusterBytes = sectorBytes * volume[13];
    this.#fatStart = sectorBytes * volume.readUInt16LE(14);
    this.#copies = volume[16];
    this.#fatBytes = sectorBytes * volume.readUInt32LE(36);
    this.#dataStart = this.#fatStart + this.#copies * this.#fatBytes;
    this.#count = Math.floor((volume.length - this.#dataStart) / this.#clusterBytes);
    this.root = volume.readUInt32LE(44);
  }

  cluster(number) {
    const start = this.#dataStart + (number - 2) * this.#clusterBytes;
    return this.#volume.subarray(start, start + this.#clusterBytes);
  }

  *chain(first) {
    for (let cluster = first; cluster >= 2 && cluster < END; cluster = this.#next(cluster)) yield cluster;
  }

  read(first) {
    return Buffer.concat([...this.chain(first)].map((cluster) => this.cluster(cluster)));
  }

  /** Writes to free clusters, and answers the first. */
  write(content) {
    const needed = Math.max(1, Math.ceil(content.length / this.#clusterBytes));
    const free = [];
    for (let cluster = 2; cluster < this.#count + 2 && free.length < needed; cluster++) {
      if (this.#next(cluster) === 0) free.push(cluster);
    }
    if (free.length < needed) throw new Error('no room left in the boot partition');
    free.forEach((cluster, index) => {
      const part = content.subarray(index * this.#clusterBytes, (index + 1) * this.#clusterBytes);
      this.cluster(cluster).fill(0).set(part);
      this.#link(cluster, free[index + 1] ?? 0x0fffffff);
    });
    return free[0];
  }

  release(first) {
    for (const cluster of [...this.chain(first)]) this.#link(cluster, 0);
  }

  #next(cluster) {
    return this.#volume.readUInt32LE(this.#fatStart + 4 * cluster) & 0x0fffffff;
  }

  #link(cluster, next) {
    for (let copy = 0; copy < this.#copies; copy++) {
      this.#volume.writeUInt32LE(next, this.#fatStart + copy * this.#fatBytes + 4 * cluster);
    }
  }
}
