import { modeText } from '../contents/file-mode.ts';
import type { TreeFile, UnreadableFile } from '../contents/file-tree.ts';
import type { Owners } from '../contents/owners.ts';
import { printable } from '../printable.ts';

/** Owner and group stand at the left of their columns, numbers at the right. */
const NAME_COLUMNS = [2, 3];

/** Files as `ls -l` prints them, a line each, with times in UTC. All names are safe to print. */
export function fileLines(files: readonly (TreeFile | UnreadableFile)[], owners: Owners): string[] {
  const rows = files.map((file) => columnsOf(file, owners));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row.columns[column]?.length ?? 0)));
  return rows.map(({ columns, name }) =>
    [
      ...columns.map((text, index) =>
        NAME_COLUMNS.includes(index) ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0),
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
      mode: mode.toString(8).padStart(4, '0'),
      uid,
      gid,
      links,
      size: bytes,
      modified: timeOf(modifiedAt),
      ...(device && { device }),
      ...(file.target !== undefined && { target: file.target }),
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
  const name = file.target === undefined ? file.name : `${file.name} -> ${file.target}`;
  return { columns: [modeText(type, mode), `${links}`, user, group, size, time], name: printable(name) };
}

/** `2026-01-01T00:00:00Z`. */
function timeOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}Z`;
}
