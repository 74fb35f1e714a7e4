/** A newc header is this long: a magic of 6 characters and 13 fields of 8 hex digits. */
const HEADER_BYTES = 110;

/** The content of the file `wanted` in a newc cpio archive; a name may be written with `./` before it, as find does. */
export function fileInCpio(archive: Buffer, wanted: string): Buffer {
  let position = 0;
  while (archive.toString('latin1', position, position + 6) === '070701') {
    const field = (index: number) => {
      const start = position + 6 + index * 8;
      return Number.parseInt(archive.toString('latin1', start, start + 8), 16);
    };
    const size = field(6);
    const nameStart = position + HEADER_BYTES;
    const nameEnd = nameStart + field(11);
    const name = archive.toString('utf8', nameStart, nameEnd - 1);
    const content = padded(nameEnd);
    if (name === wanted || name === `./${wanted}`) return archive.subarray(content, content + size);
    if (name === 'TRAILER!!!') break;
    position = padded(content + size);
  }
  throw new Error(`the cpio archive has no file ${wanted}`);
}

/** Names and contents end on a multiple of four bytes. */
function padded(position: number): number {
  return (position + 3) & ~3;
}
