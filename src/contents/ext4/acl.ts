/**
 * Linux, fs/ext4/acl.h: an access control list begins with its version, and each entry has a tag and permissions, and,
 * for a named user or group, its number. All numbers are little-endian.
 */
const VERSION_BYTES = 4;
const SHORT_BYTES = 4;
const LONG_BYTES = 8;
const USER = 0x02;
const GROUP = 0x08;

/** include/uapi/linux/posix_acl_xattr.h: the version that programs see, and the number where there is none. */
const SYSTEM_VERSION = 2;
const NO_NUMBER = 0xffffffff;

/** An access control list as programs see it (getxattr(2)), where all entries have a number; as it is if it is damaged. */
export function systemAcl(stored: Buffer): Buffer {
  const version = Buffer.alloc(VERSION_BYTES);
  version.writeUInt32LE(SYSTEM_VERSION);
  const parts = [version];
  for (let at = VERSION_BYTES; at < stored.length; ) {
    if (at + SHORT_BYTES > stored.length) return stored;
    const tag = stored.readUInt16LE(at);
    const isLong = tag === USER || tag === GROUP;
    if (isLong && at + LONG_BYTES > stored.length) return stored;
    const entry = Buffer.alloc(LONG_BYTES);
    stored.copy(entry, 0, at, at + SHORT_BYTES);
    entry.writeUInt32LE(isLong ? stored.readUInt32LE(at + SHORT_BYTES) : NO_NUMBER, SHORT_BYTES);
    parts.push(entry);
    at += isLong ? LONG_BYTES : SHORT_BYTES;
  }
  return Buffer.concat(parts);
}
