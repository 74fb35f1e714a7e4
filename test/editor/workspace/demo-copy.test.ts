import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { copyDemo, demoParent } from '../../../src/editor/workspace/demo-copy.ts';
import { asNobody } from '../../as-nobody.ts';
import { PROJECT_ROOT } from '../../vscode/cache.ts';
import { PLAIN } from '../plain-words.ts';

const DEMO = path.join(PROJECT_ROOT, 'demo');

describe('a copy of the demo', () => {
  let folder: string;
  let to: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-copy-'));
    to = path.join(folder, 'mkbox-demo');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('has all its files, of which none is older than another, and runs its mkbox', async () => {
    assert.equal(await copyDemo(DEMO, folder, PLAIN), to);
    const names = await readdir(to, { recursive: true });
    assert.deepEqual(names.sort(), (await readdir(DEMO, { recursive: true })).sort());
    const image = path.join('boxes', 'docker-box', 'docker-box-odroid-c4-main.img.zst');
    assert.deepEqual(await readFile(path.join(to, image)), await readFile(path.join(DEMO, image)));
    const times = await Promise.all(names.map(async (name) => (await stat(path.join(to, name))).mtimeMs));
    assert.equal(new Set(times).size, 1);
    const script = await stat(path.join(to, 'mkbox', 'mkbox'));
    if (process.platform !== 'win32') assert.equal(script.mode & 0o700, 0o700);
  });

  it('takes the place of nothing', async () => {
    await mkdir(to);
    await writeFile(path.join(to, 'mine'), 'x');
    const refused = /^UserError: .*mkbox-demo exists already, and is left as it is: pick another folder$/;
    await assert.rejects(copyDemo(DEMO, folder, PLAIN), refused);
    assert.deepEqual(await readdir(to), ['mine']);
    await rm(to, { recursive: true });
    await writeFile(to, 'a file');
    await assert.rejects(copyDemo(DEMO, folder, PLAIN), refused);
    assert.equal(await readFile(to, 'utf8'), 'a file');
  });

  it('says where it could not be written', async () => {
    const none = path.join(folder, 'none');
    await assert.rejects(copyDemo(DEMO, none, PLAIN), /^UserError: can't copy the demo to .*mkbox-demo \(ENOENT\)$/);
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(copyDemo(DEMO, file, PLAIN), /^UserError: can't copy the demo to .*mkbox-demo \(ENOTDIR\)$/);
  });

  it("says that the folder is not the user's to write to", { skip: process.platform === 'win32' }, async () => {
    await chmod(folder, 0o555);
    const refused = /^UserError: can't copy the demo to .*mkbox-demo \(EACCES, permission denied\)$/;
    await asNobody(() => assert.rejects(copyDemo(DEMO, folder, PLAIN), refused));
    await chmod(folder, 0o755);
  });

  it('leaves nothing of a copy that failed', async () => {
    await assert.rejects(copyDemo(path.join(folder, 'no-demo'), folder, PLAIN), /\(ENOENT\)$/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('is made on this machine, and not on the one that the window is on, though there is such a path here', () => {
    const place = { fsPath: folder, path: folder };
    assert.equal(demoParent({ scheme: 'file', ...place }, PLAIN), folder);
    assert.throws(() => demoParent({ scheme: 'vscode-local', ...place }, PLAIN), /is on this window's machine/);
  });
});
