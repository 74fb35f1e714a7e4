/** Proves the environment of the tests in VS Code and every method of the page object, with a throwaway extension. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { packageThrowawayExtension } from './throwaway-extension.ts';
import { prepareExtensions, startVSCode, type VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const STATUS = 'throwaway.status';

describe('a real VS Code', () => {
  let folder: string;
  let workspace: string;
  let extensionsDir: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-smoke-'));
    workspace = path.join(folder, 'orchard');
    extensionsDir = path.join(folder, 'extensions');
    await mkdir(path.join(workspace, 'trees'), { recursive: true });
    await writeFile(path.join(workspace, 'trees/apple.txt'), 'An apple tree\n');
    await prepareExtensions(await packageThrowawayExtension(folder), extensionsDir);
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  describe('in a trusted folder', () => {
    let vscode: VSCode;
    let workbench: Workbench;

    before(async () => {
      // The quiet settings would silence every port, the loud one too.
      const settings = { 'trial.greeting': 'hello', 'remote.otherPortsAttributes': undefined };
      const machineSettings = { 'trial.port': 8080 };
      vscode = await startVSCode({ workspace, extensionsDir, settings, machineSettings });
      workbench = openWorkbench(vscode);
    });
    afterEach((t) => keepEvidenceOfFailure(t, vscode));
    after(() => vscode?.close());

    const status = (text: string) =>
      until(
        `the status "${text}"`,
        () => workbench.statusBarItem(STATUS),
        (item) => item.text === `Trial: ${text}`,
      );

    it('shows a status bar item, its settings and its tooltip', async () => {
      assert.deepEqual(await status('hello 8080'), {
        id: 'mkbox.throwaway.status',
        text: 'Trial: hello 8080',
        ariaLabel: 'Trial of the page object',
        icons: ['rocket'],
        urgency: 'normal',
      });
      assert.equal(await workbench.statusBarTooltip('Trial: hello'), 'Trial waits for you');
      assert.equal(await workbench.hasStatusBarItem('nobody.has.this'), false);
    });

    it('follows a change of settings', async () => {
      await vscode.changeSettings({ 'trial.greeting': 'good evening', 'trial.port': 5555 });
      await status('good evening 5555');
    });

    it('lists and runs commands, the exact one among similar ones', async () => {
      assert.deepEqual(await workbench.commands('trial: ask'), ['Trial: Ask', 'Trial: Ask All']);
      assert.deepEqual(await workbench.commands('trial: nonsense'), []);
      await workbench.runCommand('Trial: Ask All');
      assert.deepEqual(await workbench.notification('All of you?'), {
        severity: 'error',
        text: 'All of you?',
        buttons: ['Try Again'],
        source: 'throwaway',
      });
      // Now the palette offers "Ask All" first, because it was used last.
      await workbench.runCommand('Trial: Ask');
      await workbench.notification('Do you like fruit?');
      await vscode.screenshot('smoke: messages');
      assert.deepEqual((await workbench.notifications()).map(({ text }) => text).sort(), [
        'All of you?',
        'Do you like fruit?',
      ]);
      await workbench.clickNotificationButton('Do you like fruit?', 'No');
      await status('No');
      await workbench.dismissNotification('All of you?');
      assert.deepEqual(await workbench.notifications(), []);
    });

    it('picks from a list', async () => {
      await workbench.clickStatusBarItem(STATUS);
      const { title, placeholder, rows } = await workbench.quickPick();
      assert.deepEqual({ title, placeholder }, { title: 'Colour', placeholder: 'Which one?' });
      assert.deepEqual(rows, [
        { label: 'Red', description: 'warm', detail: 'as fire', icon: 'heart', focused: true, separator: '' },
        { label: 'Blue', description: '', detail: '', icon: undefined, focused: false, separator: '' },
      ]);
      await vscode.screenshot('smoke: list');
      await workbench.choose('Blue');
      await status('Blue');
      await workbench.runCommand('Trial: Pick a Colour');
      await workbench.quickPick();
      await workbench.cancelQuickInput();
      await status('none');
    });

    it('answers an input box', async () => {
      await workbench.runCommand('Trial: Give a Name');
      const { message } = await workbench.typeIntoInputBox('much too long');
      assert.equal(message, 'A shorter one, please.');
      await vscode.screenshot('smoke: input box');
      await workbench.inputBox('Gala');
      await status('Gala');
    });

    it('answers a modal dialog', async () => {
      await workbench.runCommand('Trial: Confirm');
      assert.deepEqual(await workbench.dialogs.shown(), {
        message: 'Shout to the whole network?',
        detail: 'They will hear you.',
        buttons: ['Cancel', 'Shout'],
        severity: 'warning',
      });
      await vscode.screenshot('smoke: dialog');
      await workbench.dialogs.click('Shout');
      await status('Shout');
      assert.equal(await workbench.dialogs.isShown(), false);
    });

    it('reads a view, all its rows, and what pointing at one shows', async () => {
      await workbench.openView('Fruit Trial');
      await workbench.openView('Fruit Trial');
      assert.deepEqual(await workbench.badge('Fruit Trial'), { text: '2', ariaLabel: 'Fruit Trial - 2 kinds' });
      assert.equal(await workbench.viewMessage('Fruit'), 'Fresh today');
      const outer = { level: 1, expanded: false, icon: 'folder', actions: [] };
      assert.deepEqual(await workbench.treeRows('Fruit'), [
        { ...outer, label: 'Apples', description: '2 sorts', ariaLabel: 'Apples, to eat' },
        { ...outer, label: 'Pears', description: '40 sorts', ariaLabel: 'Pears, to eat' },
      ]);
      await workbench.expand('Fruit', 'Apples');
      await workbench.expand('Fruit', 'Apples');
      await workbench.expand('Fruit', 'Pears');
      const rows = await workbench.treeRows('Fruit');
      assert.deepEqual(
        rows.slice(0, 3).map(({ label, level, expanded }) => [label, level, expanded]),
        [
          ['Apples', 1, true],
          ['Boskoop', 2, undefined],
          ['Gala', 2, undefined],
        ],
      );
      assert.deepEqual([rows.length, rows.at(-1)?.label], [44, 'Pear 40']);
      await workbench.collapse('Fruit', 'Pears');
      assert.equal((await workbench.treeRows('Fruit')).length, 4);
      // A click on a row that has no command of its own opens and closes it.
      await workbench.clickRow('Fruit', 'Apples');
      await until(
        'the row to close',
        () => workbench.treeRows('Fruit'),
        ({ length }) => length === 2,
      );
      await workbench.expand('Fruit', 'Apples');
      assert.equal(await workbench.rowTooltip('Fruit', 'Gala'), 'All about Gala');
      await vscode.screenshot('smoke: view');
    });

    it('uses the context menu and the buttons of a row far down', async () => {
      await workbench.openView('Fruit Trial');
      await workbench.expand('Fruit', 'Pears');
      assert.deepEqual(await workbench.contextMenu('Fruit', 'Pear 33'), [
        { label: 'Eat', enabled: true },
        { label: 'Let Rot', enabled: true },
      ]);
      await vscode.screenshot('smoke: context menu');
      await workbench.closeMenu();
      await workbench.contextMenu('Fruit', ({ label, level }) => label === 'Gala' && level === 2);
      await workbench.clickContextItem('Eat');
      await status('ate Gala');
      await workbench.clickRowAction('Fruit', 'Pear 12', 'Wash');
      await status('washed Pear 12');
      assert.deepEqual(await workbench.viewActions('Fruit'), ['Water All']);
      await workbench.clickViewAction('Fruit', 'Water All');
      await status('watered all');
    });

    it('reads an empty view and presses its button', async () => {
      await workbench.openView('Fruit Trial');
      assert.deepEqual(await workbench.welcome('Vegetables'), {
        text: 'Nothing grows here.',
        buttons: ['Sow Something'],
      });
      assert.deepEqual(await workbench.treeRows('Vegetables'), []);
      await workbench.clickWelcomeButton('Vegetables', 'Sow Something');
      await workbench.clickNotificationButton('Do you like fruit?', 'Yes');
      await status('Yes');
    });

    it('opens a file, in any colours', async () => {
      await workbench.openFile('trees/apple.txt');
      for (const theme of ['dark', 'high contrast', 'high contrast light', 'light'] as const) {
        await workbench.setTheme(theme);
        await vscode.screenshot(`smoke: ${theme}`);
      }
    });

    it('says nothing when the extension listens on the port it declared silent', async () => {
      // Late in this suite: VS Code says nothing of ports that were open when it began to look, seconds after its start.
      await workbench.runCommand('Trial: Listen Silently');
      const ports = () => workbench.statusBarItem('status.forwardedPorts');
      await until('VS Code to notice a port', ports, ({ text }) => Number(text) > 0);
      await workbench.runCommand('Trial: Listen Aloud');
      await workbench.notification('running on port 5818');
      await vscode.screenshot('smoke: ports');
      const texts = (await workbench.notifications()).map(({ text }) => text);
      assert.deepEqual(
        texts.filter((text) => text.includes('5817')),
        [],
      );
    });

    it('starts the extension anew on a reload, and has its log', async () => {
      await vscode.reload();
      await status('good evening 5555');
      const runs = async () => (await vscode.logs()).match(/The trial runs on Node v24/g)?.length;
      await until('the log of both runs', runs, (count) => count === 2);
    });
  });

  it('asks for trust, and tells an extension of it', async () => {
    const vscode = await startVSCode({ workspace, extensionsDir, trust: 'ask' });
    try {
      const workbench = openWorkbench(vscode);
      const { message, buttons } = await workbench.dialogs.shown();
      assert.equal(message, 'Do you trust the authors of the files in this folder?');
      assert.deepEqual(buttons, ["No, I don't trust the authors", 'Yes, I trust the authors']);
      await vscode.screenshot('smoke: trust');
      await workbench.dialogs.click("No, I don't trust the authors");
      assert.equal((await workbench.statusBarItem(STATUS)).text, 'Trial: not trusted');
    } finally {
      await vscode.close();
    }
  });
});
