import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where Debian keeps programs of administrators; users seldom have it in their PATH. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** Programs that the bench runs besides Node, by name. */
export interface Programs {
  readonly nginx: string;
  readonly wrk: string;
  readonly curl: string;
}

/** Finds the programs, or says in a line what is missing and how to get it. */
export function findPrograms(): Programs | string {
  const nginx = find('nginx');
  const wrk = find('wrk');
  const curl = find('curl');
  if (nginx === undefined || wrk === undefined) return 'the bench needs nginx and wrk: apt-get install nginx-light wrk';
  if (curl === undefined) return 'the bench needs curl: apt-get install curl';
  return { nginx, wrk, curl };
}

/** Where a program is; undefined where it is not installed. */
export function find(program: string): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== ''),
    ...SYSTEM_FOLDERS,
  ];
  return folders.map((folder) => path.join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
