/** Run by `npm version`: what CHANGELOG.md has under "Unreleased" becomes the release of today. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withRelease } from './changelog.ts';

const CHANGELOG = path.resolve(import.meta.dirname, '../../CHANGELOG.md');
const { npm_package_version: version } = process.env;
if (version === undefined) throw new Error('run this by npm version');
const [today = ''] = new Date().toISOString().split('T');
writeFileSync(CHANGELOG, withRelease(readFileSync(CHANGELOG, 'utf8'), version, today));
