import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PROJECT_ROOT } from '../vscode/cache.ts';

/** What a run may take here; one takes a second. */
const MOST_MS = 60_000;

describe('the script that runs the tests', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-test-script-'));
    await mkdir(path.join(folder, 'test/vscode'), { recursive: true });
    for (const name of ['a', 'b', 'vscode/c', 'vscode/d']) await write(name, '');
  });
  after(() => rm(folder, { recursive: true }));

  const write = (name: string, body: string) =>
    writeFile(
      path.join(folder, 'test', `${name}.test.mjs`),
      `import { test } from 'node:test'; test('${name}', () => { ${body} });`,
    );
  const run = (glob = 'test/**/*.test.mjs') => {
    // what marks a process as a test's own would have the inner tests report to this one
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const script = path.join(PROJECT_ROOT, 'scripts/test.ts');
    return spawnSync(process.execPath, [script, glob], { cwd: folder, env, encoding: 'utf8', timeout: MOST_MS });
  };

  it('runs each once, those with a VS Code among the others', () => {
    const { status, stdout } = run();
    equal(status, 0, stdout);
    deepEqual(
      Array.from(stdout.matchAll(/^✔ (\S+) /gm), ([, name]) => name),
      ['vscode/c', 'a', 'vscode/d', 'b'],
    );
    match(stdout, /^ℹ tests 4$/m);
  });

  it('leaves none out, though 15 divided by 11 and multiplied by 11 is less', async () => {
    for (const [where, count] of [
      ['vscode/many', 11],
      ['many', 15],
    ] as const) {
      await mkdir(path.join(folder, 'test', where), { recursive: true });
      await Promise.all(Array.from({ length: count }, (_, at) => write(`${where}/${at}`, '')));
    }
    match(run('test/**/many/*.test.mjs').stdout, /^ℹ tests 26$/m);
  });

  it('runs those that start nothing in one process', async () => {
    for (const name of ['images/e', 'tools/f']) {
      await mkdir(path.dirname(path.join(folder, 'test', name)), { recursive: true });
      await write(
        name,
        "globalThis.ran = [...(globalThis.ran ?? []), 1]; if (globalThis.ran.length === 2) console.log('both')",
      );
    }
    const { status, stdout } = run('test/{images,tools}/*.test.mjs');
    equal(status, 0, stdout);
    match(stdout, /^both$/m);
    match(stdout, /^ℹ tests 2$/m);
  });

  it('runs one that mostly waits beside two others, and counts all as one run', async () => {
    const names = ['three/a', 'three/b', 'soak/soak'];
    const meets = `
      const { existsSync, writeFileSync } = process.getBuiltinModule('fs');
      writeFileSync(NAME, '');
      const all = ${JSON.stringify(names.map((name) => path.join(folder, `${path.basename(name)}.begun`)))};
      return new Promise((resolve) => {
        const timer = setInterval(() => { if (all.every(existsSync)) resolve(clearInterval(timer)); }, 20);
      });`;
    for (const name of names) {
      await mkdir(path.dirname(path.join(folder, 'test', name)), { recursive: true });
      const begun = path.join(folder, `${path.basename(name)}.begun`);
      await write(name, meets.replace('NAME', JSON.stringify(begun)));
    }
    const { status, stdout } = run('test/{three,soak}/*.test.mjs');
    equal(status, 0, stdout);
    deepEqual(stdout.match(/^ℹ (tests|pass) .*$/gm), ['ℹ tests 3', 'ℹ pass 3']);
  });

  it('tells at the end what failed, also of those that mostly wait', async () => {
    await write('soak/soak', "throw new Error('wrong')");
    await write('wrong', "throw new Error('wrong')");
    const { status, stdout } = run('test/{a,wrong,soak/soak}.test.mjs');
    equal(status, 1);
    deepEqual(stdout.match(/^(ℹ (tests|pass|fail) .*|✖ failing tests:|✖ \S+(?= ))$/gm), [
      'ℹ tests 3',
      'ℹ pass 1',
      'ℹ fail 2',
      '✖ failing tests:',
    ]);
    const [, told = ''] = stdout.split('✖ failing tests:');
    deepEqual(Array.from(told.matchAll(/^✖ (\S+) /gm), ([, name]) => name).sort(), ['soak/soak', 'wrong']);
  });

  it('ends when one hangs, and names it', async () => {
    const file = path.join(folder, 'test/hanging.test.mjs');
    const waits = 'new Promise(() => setInterval(() => {}, 1000))';
    await writeFile(file, `import { test } from 'node:test'; test('hangs', { timeout: 500 }, () => ${waits});`);
    const { status, stdout } = run('test/hanging.test.mjs');
    equal(status, 1);
    match(stdout, /^✖ hangs .*\n {2}'test timed out after 500ms'$/m);
  });

  it('fails when one does, and when there is none', async () => {
    await write('b', "throw new Error('wrong')");
    const failed = run('test/{a,b}.test.mjs');
    equal(failed.status, 1);
    match(failed.stdout, /^ℹ fail 1$/m);
    const none = run('nothing/*.test.mjs');
    equal(none.status, 1);
    match(none.stderr, /No test file is named by nothing/);
  });
});
