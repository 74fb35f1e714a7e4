/** npm, run on the project's own Node 24 and quiet unless it fails. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_ROOT } from './cache.ts';

/** The Node that the project's devDependency `node` brings; VS Code's server runs on it. */
export const NODE = path.join(PROJECT_ROOT, 'node_modules/node/bin/node');

/** The installed version of one of the project's own dependencies, as its package says it: `24.21.0`. */
export async function versionOf(dependency: string): Promise<string> {
  const file = path.join(PROJECT_ROOT, 'node_modules', dependency, 'package.json');
  const manifest: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof manifest === 'object' && manifest && 'version' in manifest && typeof manifest.version === 'string') {
    return manifest.version;
  }
  throw new Error(`${file} names no version. Run npm ci.`);
}

/** A PATH on which the project's Node comes first, so that what npm starts runs on it too. */
export function pathWithNode(env: NodeJS.ProcessEnv = process.env): string {
  return [path.dirname(NODE), env.PATH].filter(Boolean).join(path.delimiter);
}

/** Runs npm in a folder; when it fails, the error carries all that it printed. */
export async function npm(folder: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn('npm', [...args, '--no-audit', '--no-fund'], {
    cwd: folder,
    env: { ...process.env, ...env, PATH: pathWithNode() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (status !== 0) {
    throw new Error(`npm ${args.join(' ')} failed in ${folder} (exit status ${status}):\n${output.trim()}`);
  }
}
