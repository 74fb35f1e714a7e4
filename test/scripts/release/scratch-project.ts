import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROJECT_ROOT } from '../../vscode/cache.ts';
import { NODE, pathWithNode } from '../../vscode/npm.ts';

/** How long one command may take on a machine that is busy with other tests. */
const RUN_MS = 180_000;

/** The project's own may have nothing that is not released. */
const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something new.\n';

/** The project as it stands here, with something to release, committed in a repository of its own. Disposing it removes it. */
export class ScratchProject implements AsyncDisposable {
  readonly root = mkdtempSync(path.join(tmpdir(), 'mkbox-scratch-'));

  constructor() {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: PROJECT_ROOT, encoding: 'utf8' });
    for (const file of git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')) {
      if (file !== '') cpSync(path.join(PROJECT_ROOT, file), this.at(file));
    }
    writeFileSync(this.at('CHANGELOG.md'), CHANGELOG);
    symlinkSync(path.join(PROJECT_ROOT, 'node_modules'), this.at('node_modules'));
    // What was downloaded once need not be again.
    mkdirSync(path.join(PROJECT_ROOT, '.cache/npm'), { recursive: true });
    mkdirSync(this.at('.cache'));
    symlinkSync(path.join(PROJECT_ROOT, '.cache/npm'), this.at('.cache/npm'));
    this.run('git', 'init', '--quiet');
    this.run('git', 'config', 'user.name', 'Rita Release');
    this.run('git', 'config', 'user.email', 'rita@example.org');
    this.commit('Begin');
  }

  /** A path in it. */
  at(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  /** Commits all that is there. */
  commit(subject: string): void {
    this.run('git', 'add', '--all');
    this.run('git', 'commit', '--quiet', '--message', subject);
  }

  /** What a program prints. @throws when it fails */
  run(program: string, ...args: string[]): string {
    const env = { ...process.env, PATH: pathWithNode(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return execFileSync(program, args, { cwd: this.root, env, encoding: 'utf8', timeout: RUN_MS });
  }

  /** What `npm run release` does. */
  release(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const options = { cwd: this.root, encoding: 'utf8', timeout: RUN_MS } as const;
    return spawnSync(NODE, [this.at('scripts/release.ts'), ...args], options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}
