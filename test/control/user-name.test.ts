import { equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { userName } from '../../src/control/user-name.ts';
import { PROJECT_ROOT } from '../vscode/cache.ts';

/** No system has an entry for it in passwd(5). */
const NOBODY_KNOWN = 54_321;

suite('who runs a process', () => {
  test('is told by name', () => {
    equal(userName(), userInfo().username);
  });

  test('is told by number where passwd(5) does not know it', { skip: process.getuid?.() !== 0 && 'takes root' }, () => {
    const program = `
      process.setuid(${NOBODY_KNOWN});
      try { process.getBuiltinModule('os').userInfo(); } catch ({ message }) { console.log(message); }
      console.log(userName());`;
    const file = path.join(PROJECT_ROOT, 'src/control/user-name.ts');
    const script = `const { userName } = await import(${JSON.stringify(file)});${program}`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    equal(stderr, '');
    const [thrown = '', name] = stdout.split('\n');
    match(thrown, /uv_os_get_passwd returned ENOENT/);
    equal(name, String(NOBODY_KNOWN));
  });
});
