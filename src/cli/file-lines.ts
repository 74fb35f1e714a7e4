import { capabilitiesIn } from '../contents/capabilities.ts';
import { modeText, octalMode } from '../contents/file-mode.ts';
import type { FileAttribute } from '../contents/file-node.ts';
import type { TreeFile, UnreadableFile } from '../contents/file-tree.ts';
import type { Owners } from '../contents/owners.ts';
import { printable } from '../printable.ts';

/** Permissions, owner and group stand at the left of their columns, numbers at the right. */
const LEFT_COLUMNS = [0, 2, 3];

/**
 * Files as `ls -l` prints them, a line each, with times in UTC. A `+` marks extended attributes, and capabilities follow
 * the name. All names are safe to print.
 */
export function fileLines(files: readonly (TreeFile | UnreadableFile)[], owners: Owners): string[] {
  const rows = files.map((file) => columnsOf(file, owners));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row.columns[column]?.length ?? 0)));
  return rows.map(({ columns, name }) =>
    [
      ...columns.map((text, index) =>
        LEFT_COLUMNS.includes(index) ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0),
      ),
      name,
    ].join(' '),
  );
}

/** Files as JSON, an object each. */
export function fileObjects(files: readonly (TreeFile | UnreadableFile)[]): object[] {
  return files.map((file) => {
    if (!('status' in file)) return { name: file.name, error: file.reason };
    const { type, mode, uid, gid, bytes, links, modifiedAt, device } = file.status;
    return {
      name: file.name,
      type,
      mode: octalMode(mode),
      uid,
      gid,
      links,
      size: bytes,
      modified: timeOf(modifiedAt),
      ...(device && { device }),
      ...(file.target !== undefined && { target: file.target }),
      ...(file.attributes && { attributes: file.attributes.map(attributeObject) }),
      ...(file.attributesFault !== undefined && { attributesError: file.attributesFault }),
    };
  });
}

function columnsOf(
  file: TreeFile | UnreadableFile,
  { users, groups }: Owners,
): { readonly columns: readonly string[]; readonly name: string } {
  if (!('status' in file)) {
    return {
      columns: ['??????????', '?', '?', '?', '?', '?'],
      name: `${printable(file.name)}: ${printable(file.reason)}`,
    };
  }
  const { type, mode, uid, gid, bytes, links, modifiedAt, device } = file.status;
  const size = device === undefined ? `${bytes}` : `${device.major}, ${device.minor}`;
  const [user, group] = [printable(users.get(uid) ?? `${uid}`), printable(groups.get(gid) ?? `${gid}`)];
  const time = timeOf(modifiedAt).slice(0, -4).replace('T', ' ');
  const target = file.target === undefined ? '' : ` -> ${file.target}`;
  const capabilities = file.attributes?.map(capabilitiesIn).find((text) => text !== undefined);
  const name = `${file.name}${target}${capabilities === undefined ? '' : `  [${capabilities}]`}`;
  const hasAttributes = file.attributes !== undefined || file.attributesFault !== undefined;
  const permissions = `${modeText(type, mode)}${hasAttributes ? '+' : ''}`;
  return { columns: [permissions, `${links}`, user, group, size, time], name: printable(name) };
}

function attributeObject(attribute: FileAttribute): object {
  const { name, bytes, value } = attribute;
  const capabilities = capabilitiesIn(attribute);
  return {
    name,
    size: bytes,
    ...(value === undefined && { unread: 'ea_inode' }),
    ...(capabilities && { capabilities }),
  };
}

/** `2026-01-01T00:00:00Z`. */
function timeOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}Z`;
}
