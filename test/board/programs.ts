import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolPaths } from '../tools/tools.ts';

/** What the board's script runs under: busybox with nothing but its own small tools, or bash with the machine's. */
export type Shell = 'bash' | 'busybox';

/** The tools of busybox that the board's script calls. */
const APPLETS = ['dd', 'grep', 'head', 'sed', 'sha256sum', 'sync', 'tail', 'touch'];

/**
 * Fills the folder `bin` with the programs a board has and returns the variables that make a script use them. As on
 * a board, curl, zstdcat and GNU tar are the real ones in both cases.
 */
export async function linkPrograms(
  bin: string,
  shell: Shell,
  tools: ToolPaths<'busybox' | 'curl' | 'tar' | 'zstdcat'>,
): Promise<{ PATH: string; GNU_TAR: string }> {
  await mkdir(bin);
  const applets = shell === 'busybox' ? APPLETS.map((name) => [name, tools.busybox] as const) : [];
  const links = [['curl', tools.curl] as const, ['zstdcat', tools.zstdcat] as const, ...applets];
  await Promise.all(links.map(([name, program]) => symlink(program, join(bin, name))));
  return { PATH: shell === 'busybox' ? bin : `${bin}:${process.env.PATH}`, GNU_TAR: tools.tar };
}
