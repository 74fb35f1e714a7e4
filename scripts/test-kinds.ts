/** Which test files may share a process, and which wait more than they work. */
import path from 'node:path';

/**
 * Folders whose files share processes: they start no servers and change nothing of their process. To start one and read
 * what is tested costs 0.7 s of a processor, which is more than most of these tests take.
 */
const SHARING = ['boxbuild', 'editor', 'images', 'tools'];

/**
 * Files that wait for half of the time they take, or more: for clients that are slow or silent, and for the limits of
 * such waiting. A processor has time for one of them beside the others.
 */
const WAITING = [
  'board/board',
  'board/faults',
  'cli/completion',
  'cli/hanging-disk',
  'cli/service-manager',
  'nginx/front-endpoints',
  'server/broken',
  'server/one-shot',
  'server/tls',
  'soak/soak',
  'ssh/restart',
  'status/many',
];

/** The folders and files, without what their names end in, that the two lists name. */
export const NAMED = [...SHARING, ...WAITING].map(below);

/** Whether it can be run in one process with others. */
export function mayShare(file: string): boolean {
  return SHARING.some((folder) => file.startsWith(below(folder) + path.sep));
}

/** Whether it mostly waits. */
export function waits(file: string): boolean {
  return WAITING.some((name) => file.startsWith(`${below(name)}.test.`));
}

/** Whether it opens a VS Code. */
export function opensWindows(file: string): boolean {
  return file.startsWith(below('vscode') + path.sep);
}

function below(name: string): string {
  return path.join('test', ...name.split('/'));
}
