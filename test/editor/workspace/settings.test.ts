import { deepEqual, equal } from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { WorkspaceFolder } from 'vscode';
import type { Settings } from '../../../src/editor/workspace/settings.ts';
import { env, ofWorkspace, ran, workspace, write } from '../window.ts';

const { showSetting } = await import('../../../src/editor/show-setting.ts');
const { openSettings } = await import('../../../src/editor/workspace/settings.ts');

/** A folder of a workspace. */
const folderAt = (path: string) => ({ uri: { toString: () => `file://${path}` } }) as WorkspaceFolder;

suite('a setting that is written wrong', () => {
  const defaults = { 'mkbox.allow': [], 'mkbox.rollOut.stages': [] };
  let settings: Settings;
  beforeEach(() => {
    for (const [name, value] of Object.entries(defaults)) write(name, value);
  });
  afterEach(() => {
    settings.dispose();
    workspace.workspaceFolders = undefined;
  });

  /** What is told of one setting. */
  const faultsOf = (name: string) => settings.faults().filter((fault) => fault.name === name);

  test('is what it was when the window opened, though nobody has asked for it until then', () => {
    write('mkbox.rateLimit', 5);
    settings = openSettings();
    equal(faultsOf('mkbox.rateLimit').length, 0);
    write('mkbox.rateLimit', '50');
    deepEqual(faultsOf('mkbox.rateLimit'), [{ name: 'mkbox.rateLimit', written: '50', inForce: 5 }]);
    equal(settings.rateLimit.get(), 5);
  });

  test('is told of in a folder, too, and is there what it was there', () => {
    const [one, other] = [folderAt('/one'), folderAt('/other')];
    workspace.workspaceFolders = [one, other];
    write('mkbox.imagePath', '');
    write('mkbox.imagePath', 'out', one);
    settings = openSettings();
    deepEqual(faultsOf('mkbox.imagePath'), []);
    write('mkbox.imagePath', ['out'], one);
    deepEqual(faultsOf('mkbox.imagePath'), [{ name: 'mkbox.imagePath', written: ['out'], inForce: 'out' }]);
    equal(settings.imagePath.get(one), 'out');
    equal(settings.imagePath.get(other), '');
    write('mkbox.imagePath', 5);
    write('mkbox.imagePath', undefined, one);
    const told = [{ name: 'mkbox.imagePath', written: 5, inForce: 'out' }];
    deepEqual(faultsOf('mkbox.imagePath'), [...told, { ...told[0], inForce: '' }]);
  });

  test('is not what it was for a moment, while the editor read a file that was being written', () => {
    write('mkbox.port', 9000);
    settings = openSettings();
    deepEqual(faultsOf('mkbox.port'), []);
    write('mkbox.port', 8080); // the default
    equal(settings.port.get(), 8080);
    write('mkbox.port', '9001');
    equal(settings.port.get(), 9000);
  });

  test('is what it was once that had settled', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    settings = openSettings();
    settings.port.onDidChange(() => settings.port.get());
    write('mkbox.port', 9000);
    t.mock.timers.runAll();
    write('mkbox.port', 9002);
    t.mock.timers.runAll();
    write('mkbox.port', '9001');
    equal(settings.port.get(), 9002);
  });
});

suite('a setting is shown', () => {
  const name = 'mkbox.rollOut.wait';
  afterEach(() => {
    ofWorkspace.clear();
    ran.length = 0;
    env.remoteName = undefined;
    workspace.workspaceFolders = undefined;
  });

  test('among those of the user, or of the machine that mkbox runs on', async () => {
    write(name, '5');
    await showSetting(name);
    env.remoteName = 'ssh-remote';
    await showSetting(name);
    deepEqual(ran, [
      ['workbench.action.openSettings', name],
      ['workbench.action.openRemoteSettings', { query: name }],
    ]);
  });

  test('among those of the workspace where it is written there, as what the user has counts less', async () => {
    write(name, '5');
    ofWorkspace.add(name);
    env.remoteName = 'ssh-remote';
    await showSetting(name);
    deepEqual(ran, [['workbench.action.openWorkspaceSettings', { query: name }]]);
  });

  test('among those of the workspace where a folder of it has it', async () => {
    const folder = folderAt('/one');
    workspace.workspaceFolders = [folderAt('/other'), folder];
    write('mkbox.imagePath', 5, folder);
    await showSetting('mkbox.imagePath');
    deepEqual(ran, [['workbench.action.openWorkspaceSettings', { query: 'mkbox.imagePath' }]]);
  });
});
