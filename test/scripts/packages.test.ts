import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { requireTools } from '../tools/tools.ts';
import { PROJECT_ROOT } from '../vscode/cache.ts';
import { NODE, npm } from '../vscode/npm.ts';

/** What an editor downloads for the extension at most: the images of the demo are a third of it. */
const MOST_VSIX_BYTES = 2_000_000;

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mkbox-packages-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** The one file in the test's folder that ends so. */
async function packed(ending: string): Promise<string> {
  const name = (await readdir(folder)).find((it) => it.endsWith(ending));
  if (name === undefined) throw new Error(`no ${ending} was made; is it built? npm run build`);
  return path.join(folder, name);
}

/** What a package's texts have people take from `contrib/` that is not in it, as `<text>: <path>`. */
async function lackingExamples(root: string): Promise<string[]> {
  const lacking: string[] = [];
  for (const name of await textsIn(root)) {
    const named = (await readFile(path.join(root, name), 'utf8')).matchAll(/\bcontrib\/([\w./-]*)(?:\{([\w,]+)\})?/g);
    for (const [, beginning = '', endings = ''] of named) {
      for (const ending of endings.split(',')) {
        const example = path.join('contrib', beginning + ending);
        const isThere = await stat(path.join(root, example)).catch(() => undefined);
        if (isThere === undefined) lacking.push(`${name}: ${example}`);
      }
    }
  }
  return lacking;
}

/** The texts of a package, but for those of others. */
async function textsIn(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return names.filter((name) => name.endsWith('.md') && !name.includes('node_modules'));
}

/** Links and pictures of a package's texts that lead to nothing in it, as `<text>: <link>`. */
async function brokenLinks(root: string): Promise<string[]> {
  const broken: string[] = [];
  for (const text of await textsIn(root)) {
    const links = (await readFile(path.join(root, text), 'utf8')).matchAll(/\]\(([^)#\s]+)[^)]*\)/g);
    for (const [, link = ''] of links) {
      if (/^https?:/.test(link)) continue;
      const isThere = await stat(path.join(root, path.dirname(text), link)).catch(() => undefined);
      if (isThere === undefined) broken.push(`${text}: ${link}`);
    }
  }
  return broken;
}

test('the npm package holds all that its texts show, link to and have people take', async () => {
  await npm(PROJECT_ROOT, ['pack', '--pack-destination', folder, '--ignore-scripts']);
  const { tar } = requireTools('tar');
  execFileSync(tar, ['-xzf', await packed('.tgz'), '-C', folder]);
  deepEqual(await brokenLinks(path.join(folder, 'package')), []);
  deepEqual(await lackingExamples(path.join(folder, 'package')), []);
});

test('the npm package carries the licences of what is in the command', async () => {
  const notices = await readFile(path.join(folder, 'package', 'dist', 'ThirdPartyNotices.txt'), 'utf8');
  match(notices, /^hono \d/m);
});

suite("the extension's package", () => {
  let root: string;
  before(async () => {
    execFileSync(NODE, [path.join(PROJECT_ROOT, 'scripts/package.ts'), '--out', folder], { stdio: 'pipe' });
    const { python3 } = requireTools('python3');
    execFileSync(python3, ['-m', 'zipfile', '-e', await packed('.vsix'), path.join(folder, 'vsix')]);
    root = path.join(folder, 'vsix', 'extension');
  });

  test('holds all that its texts link to and have people take', async () => {
    deepEqual(await brokenLinks(root), []);
    deepEqual(await lackingExamples(root), []);
  });

  test('shows no picture in its README that VS Code would show broken: it takes them by https only', async () => {
    const [name = ''] = (await readdir(root)).filter((it) => it.toLowerCase() === 'readme.md');
    const text = await readFile(path.join(root, name), 'utf8');
    match(text, /^# mkbox\n/);
    doesNotMatch(text, /!\[[^\]]*\]\((?!https:)/);
    doesNotMatch(text, /\n\n\n/);
  });

  test('carries the licences of what is in it', async () => {
    match(await readFile(path.join(root, 'ThirdPartyNotices.txt'), 'utf8'), /^@mongodb-js\/zstd \d/m);
  });

  test('is small', async () => {
    const { size } = await stat(await packed('.vsix'));
    equal(size < MOST_VSIX_BYTES, true, `${size} bytes`);
  });
});
