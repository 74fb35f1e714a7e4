import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { overrides, type Wall, walls } from '../scripts/walls.ts';

const PROJECT = path.join(import.meta.dirname, '..');

/** An import that a ban is about: `**\/cli/**` is a file in that folder, from wherever it is imported. */
function specifiersOf(ban: string): string[] {
  if (ban.endsWith('/**')) return ['./', '../', '../../'].map((up) => ban.replace('**/', up).replace('/**', '/a/b.ts'));
  if (ban.startsWith('**/')) return ['./', '../', '../../'].map((up) => ban.replace('**/', up));
  return [ban.replace('*', 'anything')];
}

/** What the linter says of the files in `folder`: the lines that it does not let import what they do, by file. */
function reported(folder: string): Map<string, Set<number>> {
  const biome = path.join(PROJECT, 'node_modules', '.bin', 'biome');
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=github', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(biome, args, { cwd: folder, encoding: 'utf8' });
  const lines = new Map<string, Set<number>>();
  for (const [, file = '', line] of stdout.matchAll(/noRestrictedImports.*?file=([^,]+),line=(\d+)/g)) {
    const name = path.relative(folder, file).replaceAll('\\', '/');
    const known = lines.get(name) ?? new Set();
    lines.set(name, known.add(Number(line)));
  }
  return lines;
}

/** Every way to import something, a line each. */
const FORMS: readonly ((specifier: string) => string)[] = [
  (specifier) => `import '${specifier}';`,
  (specifier) => `import type * as _ from '${specifier}';`,
  (specifier) => `export * from '${specifier}';`,
  (specifier) => `await import('${specifier}');`,
];

suite('the walls between the floors', () => {
  const broken = walls().map((wall) => {
    const specifiers = wall.bans.flatMap(specifiersOf);
    return { wall, imports: FORMS.flatMap((form) => specifiers.map(form)) };
  });
  let folder: string;
  let lines: Map<string, Set<number>>;

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'mkbox-walls-')));
    const settings = JSON.parse(await readFile(path.join(PROJECT, 'biome.json'), 'utf8'));
    const { $schema: _, vcs: __, ...rest } = settings;
    await writeFile(path.join(folder, 'biome.json'), JSON.stringify(rest));
    for (const { wall, imports } of broken) await put(wall, imports.map((line) => `${line}\n`).join(''));
    lines = reported(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function put({ example }: Wall, text: string): Promise<void> {
    const file = path.join(folder, example);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  test('are in biome.json as scripts/walls.ts has them', async () => {
    deepEqual(JSON.parse(await readFile(path.join(PROJECT, 'biome.json'), 'utf8')).overrides, overrides());
  });

  test('leave out no file of src/ but those on top', async () => {
    const files = (await readdir(path.join(PROJECT, 'src'), { recursive: true })).map(
      (file) => `src/${file.replaceAll('\\', '/')}`,
    );
    const globs = walls().flatMap(({ includes }) => includes);
    const isWalled = (file: string) => globs.some((glob) => path.posix.matchesGlob(file, glob));
    deepEqual(files.filter((file) => file.endsWith('.ts') && !isWalled(file)).sort(), [
      'src/cli.ts',
      'src/extension.ts',
    ]);
  });

  for (const { wall, imports } of broken) {
    test(`hold where ${wall.example} breaks each of its ${imports.length}`, () => {
      ok(imports.length > 0);
      const found = lines.get(wall.example) ?? new Set();
      deepEqual(
        imports.filter((_, index) => !found.has(index + 1)),
        [],
      );
    });
  }

  test('are not in the way of what lies below', async () => {
    const contents = walls().find(({ example }) => example.startsWith('src/contents/'));
    if (contents === undefined) throw new Error('no walls');
    await put(
      contents,
      "import '../images/catalog.ts';\nimport '../errors.ts';\nimport './disk.ts';\nimport 'node:fs';\n",
    );
    equal(reported(folder).get(contents.example), undefined);
  });
});
