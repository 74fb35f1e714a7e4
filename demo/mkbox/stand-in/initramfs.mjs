/** An initramfs as U-Boot loads it: a legacy header of 64 bytes, then a gzipped cpio archive ("newc"). */
import zlib from 'node:zlib';

const UBOOT_BYTES = 64;
const NEWC_BYTES = 110;
const NAME = /^(?:\.\/)?board\.conf$/;

/** The same initramfs with another `board.conf`. */
export function withBoardConf(initramfs, text) {
  const members = membersOf(zlib.gunzipSync(initramfs.subarray(UBOOT_BYTES)));
  const changed = members.map((member) => (NAME.test(member.name) ? { ...member, data: Buffer.from(text) } : member));
  const archive = Buffer.concat(changed.flatMap(bytesOf));
  const content = zlib.gzipSync(Buffer.concat([archive, zeros(archive.length, 512)]), { level: 9 });
  const header = Buffer.from(initramfs.subarray(0, UBOOT_BYTES));
  header.writeUInt32BE(Math.floor(Date.now() / 1000), 8);
  header.writeUInt32BE(content.length, 12);
  header.writeUInt32BE(zlib.crc32(content), 24);
  header.writeUInt32BE(0, 4); // the header's own checksum is taken without it
  header.writeUInt32BE(zlib.crc32(header), 4);
  return Buffer.concat([header, content]);
}

function membersOf(archive) {
  const members = [];
  for (let at = 0; at + NEWC_BYTES <= archive.length; ) {
    const header = archive.toString('latin1', at, at + NEWC_BYTES);
    const field = (index) => Number.parseInt(header.slice(6 + 8 * index, 14 + 8 * index), 16);
    const [size, nameBytes] = [field(6), field(11)];
    const name = archive.toString('utf8', at + NEWC_BYTES, at + NEWC_BYTES + nameBytes - 1);
    const start = aligned(at + NEWC_BYTES + nameBytes);
    members.push({ header, name, data: archive.subarray(start, start + size) });
    at = aligned(start + size);
    if (name === 'TRAILER!!!') break;
  }
  return members;
}

function bytesOf({ header, name, data }) {
  const size = data.length.toString(16).padStart(8, '0').toUpperCase();
  const head = Buffer.from(`${header.slice(0, 54)}${size}${header.slice(62)}${name}\0`);
  return [head, zeros(head.length, 4), data, zeros(data.length, 4)];
}

function aligned(at) {
  return (at + 3) & ~3;
}

function zeros(length, multiple) {
  return Buffer.alloc((multiple - (length % multiple)) % multiple);
}
