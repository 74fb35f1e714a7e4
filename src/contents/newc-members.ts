import { ByteCursor } from './byte-cursor.ts';
import { DamagedVolume, longTarget } from './damaged-volume.ts';
import { fileName } from './file-name.ts';
import { fileType } from './file-node.ts';
import {
  ALIGNMENT,
  HEADER_BYTES,
  hasAllNumbers,
  isHeader,
  isOtherCpio,
  LAST_NAME,
  LONGEST_NAME_BYTES,
  MAGIC_BYTES,
  MOST_MEMBERS,
  type NewcField,
  newcNumber,
  padded,
} from './newc-header.ts';

/** A member of an archive. */
export interface NewcMember {
  /** As the archive has it: `./etc/passwd`. */
  readonly name: string;
  /** Of which archive it is, where several follow one another: from 0. */
  readonly archive: number;
  readonly field: (field: NewcField) => number;
  /** Where its content lies, in bytes from the beginning. */
  readonly position: number;
  /** Of a link. */
  readonly target: string;
}

/**
 * The members of newc archives that follow one another, as Linux unpacks them: with zeros between them, perhaps. Anything
 * else behind one ends them.
 * @throws DamagedVolume where an archive is damaged or cut, or has too many members; what reading `chunks` throws.
 */
export async function* newcMembers(chunks: AsyncIterable<Buffer>): AsyncGenerator<NewcMember> {
  const cursor = new ByteCursor(chunks);
  try {
    for (let members = 0, archive = 0; ; members++) {
      if (members > MOST_MEMBERS) throw new DamagedVolume('the cpio archive has too many members');
      const member = await readMember(cursor, archive);
      if (member !== undefined) {
        yield member;
        continue;
      }
      archive++;
      const end = cursor.position;
      await cursor.skipZeros();
      if (!isHeader(await cursor.peek(MAGIC_BYTES))) return;
      if ((cursor.position - end) % ALIGNMENT !== 0) throw damaged();
    }
  } finally {
    await cursor.close();
  }
}

/** The next member; undefined for the one that ends an archive. */
async function readMember(cursor: ByteCursor, archive: number): Promise<NewcMember | undefined> {
  const header = Buffer.from(await cursor.take(HEADER_BYTES));
  if (header.length < HEADER_BYTES) throw cut();
  const [nameBytes, bytes] = [newcNumber(header, 'nameBytes'), newcNumber(header, 'bytes')];
  const isRight = isHeader(header) && hasAllNumbers(header) && nameBytes >= 1 && nameBytes <= LONGEST_NAME_BYTES;
  if (!isRight) throw cursor.position === HEADER_BYTES && isOtherCpio(header) ? otherFormat() : damaged();
  const nameField = padded(HEADER_BYTES + nameBytes) - HEADER_BYTES;
  const nameAndPadding = await cursor.take(nameField);
  const name = fileName(nameAndPadding.subarray(0, nameBytes - 1));
  if (name === LAST_NAME) {
    await cursor.skip(padded(bytes));
    return undefined;
  }
  if (nameAndPadding.length < nameField) throw cut();
  const { position } = cursor;
  const isLink = fileType(newcNumber(header, 'mode')) === 'link';
  if (isLink && bytes > LONGEST_NAME_BYTES) throw longTarget();
  const target = isLink ? fileName((await cursor.take(padded(bytes))).subarray(0, bytes)) : '';
  if (!isLink && !(await cursor.skip(padded(bytes)))) throw cut();
  return { name, archive, field: (field) => newcNumber(header, field), position, target };
}

function damaged(): DamagedVolume {
  return new DamagedVolume('the cpio archive is damaged');
}

function otherFormat(): DamagedVolume {
  return new DamagedVolume('the cpio archive is not in the format newc');
}

function cut(): DamagedVolume {
  return new DamagedVolume('the cpio archive ends within a member');
}
