/** A member of an archive. */
export interface ArMember {
  /** At most 16 characters. */
  readonly name: string;
  readonly content: Buffer;
}

const MAGIC = '!<arch>\n';
const HEADER_END = '`\n';

/** An archive as ar(5) has it in its common form, which is what deb(5) is: every member is root's, of the time `seconds`. */
export function arArchive(members: readonly ArMember[], seconds: number): Buffer {
  return Buffer.concat([Buffer.from(MAGIC), ...members.flatMap((member) => piecesOf(member, seconds))]);
}

function piecesOf({ name, content }: ArMember, seconds: number): Buffer[] {
  const fields = [
    name.padEnd(16),
    `${seconds}`.padEnd(12),
    '0'.padEnd(6), // owner
    '0'.padEnd(6), // group
    '100644'.padEnd(8),
    `${content.length}`.padEnd(10),
  ];
  // Members begin at even places.
  return [Buffer.from(fields.join('') + HEADER_END), content, Buffer.from(content.length % 2 === 0 ? '' : '\n')];
}
