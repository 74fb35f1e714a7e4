import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npm } from '../npm-packages.ts';

/**
 * Makes the npm package of the command in the folder `out`: what `npm pack` takes, without what package.json has for work on
 * the project, and without the `private` that keeps the project itself from being published.
 */
export function makeNpmPackage(root: string, out: string): void {
  const stage = mkdtempSync(path.join(tmpdir(), 'mkbox-npm-'));
  try {
    npm(root, ['pack', '--silent', '--ignore-scripts', '--pack-destination', stage]);
    const [archive = ''] = readdirSync(stage);
    execFileSync('tar', ['-xzf', archive], { cwd: stage });
    const folder = path.join(stage, 'package');
    const file = path.join(folder, 'package.json');
    const {
      name,
      version,
      description: _,
      license,
      type,
      engines,
      bin,
      man,
      dependencies,
      keywords,
    } = JSON.parse(readFileSync(file, 'utf8'));
    const description = 'Update server for the images of the mkbox-project';
    const manifest = { name, version, description, keywords, license, type, bin, man, engines, dependencies };
    writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
    npm(folder, ['pack', '--silent', '--ignore-scripts', '--pack-destination', out]);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
