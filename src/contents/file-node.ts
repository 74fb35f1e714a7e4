/** What kind of file it is. */
export type FileType = 'file' | 'folder' | 'link' | 'character device' | 'block device' | 'fifo' | 'socket';

/** What a file system records about a file, apart from its content. */
export interface FileStatus {
  readonly type: FileType;
  /** Permissions, with the set-user-ID, set-group-ID and sticky bits: the lower 12 bits of `st_mode`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the content; of a link, of its target. */
  readonly bytes: number;
  /** Names that the file has. */
  readonly links: number;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
  /** Of a device. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** Tells folders of one file system apart; hard links share it. */
  readonly id: number;
}

/** An extended attribute (xattr(7)). */
export interface FileAttribute {
  /** With its namespace: `user.comment`. */
  readonly name: string;
  /** Bytes of the value. */
  readonly bytes: number;
  /** Undefined where the value is kept in an inode of its own (ext4's `ea_inode`), which is not read. */
  readonly value: Buffer | undefined;
}

/** A file of a file system. All methods throw `DamagedVolume`, and what reading the disk may throw. */
export interface FileNode {
  readonly status: FileStatus;
  /**
   * The files in a folder, in its own order, without `.` and `..`; none for anything else. Damage is thrown where it lies:
   * behind the names before it.
   */
  list(): FolderList;
  /**
   * The content of a file, in pieces that are only to be read, and only until the next one is asked for: their memory is
   * used again. Empty for anything else.
   */
  read(): AsyncIterable<Buffer>;
  /** Where a link leads, as written in it; empty for anything else. */
  target(): Promise<string>;
  /** Its extended attributes, in the order in which they are kept. */
  attributes(): Promise<readonly FileAttribute[]>;
}

/**
 * The names in a folder, as many at once as are read at once. Where it need not be asynchronous, what is in memory is not
 * waited for; a promise is to be waited for before the next step.
 */
export type FolderList =
  | Iterable<Iterable<FolderChild> | Promise<Iterable<FolderChild>>>
  | AsyncIterable<Iterable<FolderChild>>;

/** A name in a folder. */
export interface FolderChild {
  readonly name: string;
  /** Its file; at once where what describes it is in memory. */
  open(): FileNode | Promise<FileNode>;
}

const FORMAT_MASK = 0xf000;
const PERMISSIONS_MASK = 0x0fff;

/** inode(7), "The file type and mode". */
const FORMATS: ReadonlyMap<number, FileType> = new Map([
  [0x1000, 'fifo'],
  [0x2000, 'character device'],
  [0x4000, 'folder'],
  [0x6000, 'block device'],
  [0x8000, 'file'],
  [0xa000, 'link'],
  [0xc000, 'socket'],
]);

/** The type in an `st_mode`; undefined where it names none that exists. */
export function fileType(mode: number): FileType | undefined {
  return FORMATS.get(mode & FORMAT_MASK);
}

/** The permissions in an `st_mode`. */
export function permissions(mode: number): number {
  return mode & PERMISSIONS_MASK;
}
