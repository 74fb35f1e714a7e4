/** What a release consists of, and how each is made of what `npm run build` left in dist/. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { billOfRelease } from './bill-of-release.ts';
import { debianPart } from './debian/debian-part.ts';
import { makeNpmPackage } from './npm-package.ts';
import type { Part } from './part.ts';

/** All of them, in the order in which they are made. */
export const PARTS: readonly Part[] = [
  {
    name: 'command',
    make: ({ root, version }, out) => {
      copyFileSync(path.join(root, 'dist/update-server.js'), path.join(out, `update-server-${version}.js`));
    },
  },
  { name: 'npm', make: ({ root }, out) => makeNpmPackage(root, out) },
  debianPart('amd64'),
  debianPart('arm64'),
  {
    name: 'notices',
    make: ({ root }, out) =>
      copyFileSync(path.join(root, 'dist/ThirdPartyNotices.txt'), path.join(out, 'ThirdPartyNotices.txt')),
  },
  {
    name: 'sbom',
    make: (release, out) => {
      const inputs = JSON.parse(readFileSync(path.join(release.root, 'dist/inputs.json'), 'utf8'));
      const bill = JSON.stringify(billOfRelease(release, inputs), undefined, 2);
      writeFileSync(path.join(out, `mkbox-${release.version}.cdx.json`), `${bill}\n`);
    },
  },
  {
    name: 'vsix',
    make: ({ root }, out) => {
      execFileSync(process.execPath, [path.join(root, 'scripts/package.ts'), '--all', '--out', out], {
        stdio: 'inherit',
      });
    },
  },
];
