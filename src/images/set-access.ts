import { type FileHandle, lstat, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { unlessBug } from '../errors.ts';
import { ENGLISH, type Words } from '../words.ts';
import { SET_FILES } from './image-name.ts';
import { unlessAbsent } from './outage.ts';

type Role = keyof typeof SET_FILES;

/** Who owns a file, and who may do what with it: the lowest nine bits of the mode (stat(2)). */
export interface FileAccess {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The same, of each file of a set. */
export type SetAccess = Readonly<Record<Role, FileAccess>>;

/** Who may read a new file: its owner only; whoever the umask and the folder allow; or whoever may read a given file. */
export type NewAccess<T> = 'owner' | 'usual' | T;

/** Why a set does not take the place of one that more people, or servers, may read. */
export function unreadableText(words: Words = ENGLISH): string {
  return words.t(
    'whoever may read the set that is there could not read the new one, which this user can give neither the same owner nor the same group: do it as root or as a member of that group, or remove the old set first',
  );
}

const READ_BY_OTHERS = 0o004;
const READ_BY_GROUP = 0o040;
const READ_BY_OWNER = 0o400;
const OF_GROUP = 0o070;

/**
 * Who may do what with each file of the set in `folder`. For a missing file, that is taken from one that is there, the image
 * first. Undefined if there is none, and on Windows, whose files have no modes.
 * @throws system errors
 */
export async function accessOf(folder: string, image: string): Promise<SetAccess | undefined> {
  if (process.platform === 'win32') return undefined;
  const look = (role: Role) => fileAccess(path.join(folder, image + SET_FILES[role]));
  const [zst, checksums, buildId] = await Promise.all([look('zst'), look('checksums'), look('buildId')]);
  const some = zst ?? checksums ?? buildId;
  return some && { zst: zst ?? some, checksums: checksums ?? some, buildId: buildId ?? some };
}

/** Whether only its owner may read a file of the set in `folder`. @throws system errors, except for missing files */
export async function isOwnersOnly(folder: string, image: string): Promise<boolean> {
  const access = await accessOf(folder, image);
  return Object.values(access ?? {}).some(({ mode }) => (mode & (READ_BY_GROUP | READ_BY_OTHERS)) === 0);
}

/**
 * Creates a file and opens it for writing. Only its owner may read it until it has the owner and the group of the given
 * file. Undefined, and no file, if some who may read the given file could not read this one.
 * @throws system errors
 */
export async function createFile(filePath: string, access: NewAccess<FileAccess>): Promise<FileHandle | undefined> {
  const file = await open(filePath, 'wx', access === 'usual' ? 0o666 : 0o600);
  try {
    if (typeof access === 'string' || (await giveAccess(file, access))) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  await rm(filePath, { force: true });
  return undefined;
}

/** Who may do what with an open file. @throws system errors */
export async function accessIn(file: FileHandle): Promise<FileAccess> {
  return permissionsIn(await file.stat());
}

/**
 * Gives an open file the owner, group and mode of another, as far as this user may. If the group can't be set, the file's
 * own group gets no more than everyone. Answers whether all who may read the other file may read this one; an owner counts
 * as a member of the group.
 * @throws system errors
 */
export async function giveAccess(file: FileHandle, { uid, gid, mode }: FileAccess): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const made = await accessIn(file);
  if (made.uid !== uid) await file.chown(uid, gid).catch(unlessBug); // only root may; what came of it is read below
  if (made.gid !== gid) await file.chown((await file.stat()).uid, gid).catch(unlessBug);
  const now = await accessIn(file);
  const isSameGroup = now.gid === gid;
  const given = isSameGroup ? mode : mode & (~OF_GROUP | ((mode << 3) & OF_GROUP));
  if (now.mode !== given) await file.chmod(given);
  if (mode & READ_BY_OTHERS) return true;
  return mode & READ_BY_GROUP ? isSameGroup : now.uid === uid;
}

async function fileAccess(filePath: string): Promise<FileAccess | undefined> {
  const stats = await lstat(filePath).catch(unlessAbsent);
  return stats?.isFile() ? permissionsIn(stats) : undefined; // nobody set the permissions of a link
}

/** Its owner must be able to read what is checked before it is published. */
function permissionsIn({ uid, gid, mode }: FileAccess): FileAccess {
  return { uid, gid, mode: (mode & 0o777) | READ_BY_OWNER };
}
