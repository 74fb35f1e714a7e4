import { DamagedVolume } from './damaged-volume.ts';
import {
  type FileAttribute,
  type FileNode,
  type FileStatus,
  type FileType,
  type FolderChild,
  fileType,
  permissions,
} from './file-node.ts';
import { type NewcMember, newcMembers } from './newc-members.ts';

/** Where a file's content lies in the archive. */
interface Content {
  readonly position: number;
  readonly bytes: number;
}

/** What names of one file share. */
interface SharedFile {
  readonly id: number;
  content: Content;
}

/** The root folder of what newc archives unpack to. */
export interface NewcRoot extends FileNode {
  /**
   * The contents of all files, in one reading of the archives: in pieces that are only to be read, each with the `id` of its
   * file. What is empty has none.
   * @throws DamagedVolume, and what reading the archives throws.
   */
  contents(): AsyncIterable<ContentPiece>;
}

/** A piece of a file's content. */
export interface ContentPiece {
  readonly id: number;
  readonly bytes: Buffer;
}

/**
 * The root folder of what newc archives unpack to, as Linux does it: of members with the same name the last counts, those
 * whose folder is not there yet are left out, and of hard links the last with content has it. `open` reads the archives
 * from the beginning, each time a file is read: no content is kept in memory.
 * @throws DamagedVolume where an archive is damaged, and what reading it throws.
 */
export async function readNewcTree(open: () => AsyncIterable<Buffer>): Promise<NewcRoot> {
  const root = new NewcNode(open, ROOT, { id: 0, content: NOTHING }, '');
  const shared = new Map<string, SharedFile>();
  let files = 0;
  for await (const member of newcMembers(open())) {
    files++;
    const parts = member.name.split('/').filter((part) => part !== '' && part !== '.');
    const name = parts.pop();
    const folder = parts.reduce<NewcNode | undefined>((at, part) => at?.children.get(part), root);
    const type = fileType(member.field('mode'));
    if (type === undefined) throw new DamagedVolume('a member of the cpio archive has no type');
    const status = statusOf(member, type);
    if (name === undefined) {
      root.status = status; // `.` itself
      continue;
    }
    if (folder?.status.type !== 'folder' || name === '..') continue;
    const old = folder.children.get(name);
    const node = new NewcNode(open, status, sharedFile(shared, member, status, files), member.target);
    if (status.type === 'folder' && old?.status.type === 'folder') old.status = status;
    else folder.children.set(name, node);
  }
  return root;
}

const NOTHING: Content = { position: 0, bytes: 0 };
const ROOT: FileStatus = { type: 'folder', mode: 0o755, uid: 0, gid: 0, bytes: 0, links: 1, modifiedAt: 0, id: 0 };

/** What the member's other names share with it; content that comes with this one replaces theirs. */
function sharedFile(known: Map<string, SharedFile>, member: NewcMember, status: FileStatus, id: number): SharedFile {
  const content = { position: member.position, bytes: status.bytes };
  if (status.type !== 'file' || status.links < 2) return { id, content };
  const key = [member.archive, member.field('major'), member.field('minor'), member.field('inode')].join(':');
  const file = known.get(key) ?? { id, content };
  if (content.bytes > 0) file.content = content;
  known.set(key, file);
  return file;
}

function statusOf({ field }: NewcMember, type: FileType): FileStatus {
  const isDevice = type === 'character device' || type === 'block device';
  return {
    type,
    mode: permissions(field('mode')),
    uid: field('uid'),
    gid: field('gid'),
    bytes: field('bytes'),
    links: field('links'),
    modifiedAt: field('modifiedAt'),
    ...(isDevice && { device: { major: field('deviceMajor'), minor: field('deviceMinor') } }),
    id: 0,
  };
}

/** A name in the tree. */
class NewcNode implements NewcRoot {
  readonly children = new Map<string, NewcNode>();
  readonly #open: () => AsyncIterable<Buffer>;
  readonly #file: SharedFile;
  readonly #target: string;
  #status: FileStatus;

  constructor(open: () => AsyncIterable<Buffer>, status: FileStatus, file: SharedFile, target: string) {
    this.#open = open;
    this.#status = status;
    this.#file = file;
    this.#target = target;
  }

  get status(): FileStatus {
    const { id, content } = this.#file;
    return { ...this.#status, id, ...(this.#status.type === 'file' && { bytes: content.bytes }) };
  }

  set status(status: FileStatus) {
    this.#status = status;
  }

  async *list(): AsyncGenerator<FolderChild[]> {
    yield Array.from(this.children, ([name, node]) => ({ name, open: () => node }));
  }

  async *read(): AsyncGenerator<Buffer> {
    const { position, bytes } = this.#file.content;
    if (this.#status.type !== 'file' || bytes === 0) return;
    const end = position + bytes;
    let at = 0;
    for await (const chunk of this.#open()) {
      const piece = chunk.subarray(Math.max(0, position - at), Math.max(0, end - at));
      at += chunk.length;
      if (piece.length > 0) yield piece;
      if (at >= end) return;
    }
    throw cutWithin();
  }

  async target(): Promise<string> {
    return this.#target;
  }

  async attributes(): Promise<readonly FileAttribute[]> {
    return [];
  }

  async *contents(): AsyncGenerator<ContentPiece> {
    const files = [...new Set(this.#files())].sort((a, b) => b.content.position - a.content.position);
    let at = 0;
    let file = files.pop();
    for await (const chunk of this.#open()) {
      const chunkEnd = at + chunk.length;
      while (file !== undefined && file.content.position < chunkEnd) {
        const { position, bytes } = file.content;
        const piece = chunk.subarray(Math.max(0, position - at), position + bytes - at);
        if (piece.length > 0) yield { id: file.id, bytes: piece };
        if (position + bytes > chunkEnd) break;
        file = files.pop();
      }
      if (file === undefined) return;
      at = chunkEnd;
    }
    if (file !== undefined) throw cutWithin();
  }

  /** What its files share, for each of their names. */
  *#files(): Generator<SharedFile> {
    if (this.#status.type === 'file' && this.#file.content.bytes > 0) yield this.#file;
    for (const child of this.children.values()) yield* child.#files();
  }
}

function cutWithin(): DamagedVolume {
  return new DamagedVolume('the cpio archive ends within a file');
}
