/** The bytes of a file, whose pieces are only lent; undefined where there are more than `mostBytes`. */
export async function gather(pieces: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > mostBytes) return undefined;
    parts.push(Buffer.from(piece));
  }
  return Buffer.concat(parts);
}
