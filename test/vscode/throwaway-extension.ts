/** An extension with a little of everything, to try the page object on before and beside our own. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from './cache.ts';
import { NODE } from './npm.ts';

/** Writes the extension into a folder, packages it as users get it, and returns the package. */
export async function packageThrowawayExtension(folder: string): Promise<string> {
  const source = path.join(folder, 'source');
  for (const [name, text] of Object.entries(FILES)) {
    const file = path.join(source, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const vsix = path.join(folder, 'throwaway.vsix');
  const vsce = path.join(PROJECT_ROOT, 'node_modules/@vscode/vsce/vsce');
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix];
  await promisify(execFile)(NODE, [vsce, ...args], { cwd: source });
  return vsix;
}

const command = (name: string, title: string) => ({ command: `trial.${name}`, title, category: 'Trial' });

const MANIFEST = {
  name: 'throwaway',
  publisher: 'mkbox',
  version: '0.0.1',
  engines: { vscode: '^1.101.0' },
  type: 'module',
  main: './dist/extension.js',
  files: ['dist', 'media'],
  activationEvents: ['onStartupFinished'],
  capabilities: { untrustedWorkspaces: { supported: 'limited', description: 'Only tells that it is not trusted.' } },
  contributes: {
    configuration: {
      properties: {
        'trial.greeting': { type: 'string', default: 'idle' },
        'trial.port': { type: 'number', default: 1, scope: 'machine' },
      },
    },
    // VS Code speaks of ports below 10000 only.
    configurationDefaults: { 'remote.portsAttributes': { 5817: { onAutoForward: 'silent' } } },
    viewsContainers: { activitybar: [{ id: 'trial', title: 'Fruit Trial', icon: 'media/icon.svg' }] },
    views: {
      trial: [
        { id: 'trial.fruit', name: 'Fruit' },
        { id: 'trial.empty', name: 'Vegetables' },
      ],
    },
    viewsWelcome: [{ view: 'trial.empty', contents: 'Nothing grows here.\n[Sow Something](command:trial.ask)' }],
    commands: [
      command('ask', 'Ask'),
      command('askAll', 'Ask All'),
      command('pick', 'Pick a Colour'),
      command('name', 'Give a Name'),
      command('confirm', 'Confirm'),
      command('listen', 'Listen Silently'),
      command('listenAloud', 'Listen Aloud'),
      { ...command('water', 'Water All'), icon: '$(filter)' },
      { ...command('wash', 'Wash'), icon: '$(sparkle)' },
      command('eat', 'Eat'),
      command('rot', 'Let Rot'),
    ],
    menus: {
      'view/title': [{ command: 'trial.water', when: 'view == trial.fruit', group: 'navigation' }],
      'view/item/context': [
        { command: 'trial.wash', when: 'viewItem == fruit', group: 'inline' },
        { command: 'trial.eat', when: 'viewItem == fruit', group: '1@1' },
        { command: 'trial.rot', when: 'viewItem == fruit', group: '1@2' },
      ],
      commandPalette: [
        { command: 'trial.wash', when: 'false' },
        { command: 'trial.eat', when: 'false' },
        { command: 'trial.rot', when: 'false' },
      ],
    },
  },
};

/** The way our own extension is built: an ES module that imports `vscode` and loads the rest when it is needed. */
const ENTRY = `
import * as vscode from 'vscode';

export async function activate(context) {
  const { start } = await import('./chunk.js');
  start(context, vscode.workspace.isTrusted);
}
`;

const CHUNK = `
import { createServer } from 'node:http';
import * as vscode from 'vscode';

const FRUIT = { Apples: ['Boskoop', 'Gala'], Pears: Array.from({ length: 40 }, (_, index) => 'Pear ' + (index + 1)) };

export function start(context, trusted) {
  const log = vscode.window.createOutputChannel('Trial', { log: true });
  log.info('The trial runs on Node ' + process.version);

  const status = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 10);
  const settings = () => vscode.workspace.getConfiguration('trial');
  const show = (text) => { status.text = '$(rocket) Trial: ' + text; };
  const showSettings = () => show(trusted ? settings().get('greeting') + ' ' + settings().get('port') : 'not trusted');
  status.name = 'Trial';
  status.command = 'trial.pick';
  status.tooltip = new vscode.MarkdownString('**Trial** waits for you');
  status.accessibilityInformation = { label: 'Trial of the page object' };
  showSettings();
  status.show();
  context.subscriptions.push(log, status, vscode.workspace.onDidChangeConfiguration(showSettings));

  const tree = vscode.window.createTreeView('trial.fruit', {
    treeDataProvider: {
      getChildren: (parent) => (parent ? FRUIT[parent] : Object.keys(FRUIT)),
      getTreeItem(name) {
        const isKind = name in FRUIT;
        const item = new vscode.TreeItem(name, isKind ? vscode.TreeItemCollapsibleState.Collapsed : undefined);
        item.iconPath = new vscode.ThemeIcon(isKind ? 'folder' : 'circle-filled');
        item.description = isKind ? FRUIT[name].length + ' sorts' : 'ripe';
        item.contextValue = isKind ? 'kind' : 'fruit';
        item.tooltip = new vscode.MarkdownString('All about **' + name + '**');
        item.accessibilityInformation = { label: name + ', to eat' };
        return item;
      },
    },
  });
  tree.badge = { value: 2, tooltip: '2 kinds' };
  tree.message = 'Fresh today';
  const nothing = { getChildren: () => [], getTreeItem: () => undefined };
  context.subscriptions.push(tree, vscode.window.registerTreeDataProvider('trial.empty', nothing));

  const listenOn = (port) => {
    const server = createServer((_, response) => response.end()).listen(port, '127.0.0.1');
    context.subscriptions.push({ dispose: () => server.close() });
  };
  const commands = {
    async ask() {
      show((await vscode.window.showInformationMessage('Do you like fruit?', 'Yes', 'No')) ?? 'no answer');
    },
    askAll: () => vscode.window.showErrorMessage('All of you?', 'Try Again'),
    async pick() {
      const colours = [{ label: '$(heart) Red', description: 'warm', detail: 'as fire' }, { label: 'Blue' }];
      show((await vscode.window.showQuickPick(colours, { title: 'Colour', placeHolder: 'Which one?' }))?.label ?? 'none');
    },
    async name() {
      const validateInput = (value) => (value.length > 8 ? 'A shorter one, please.' : undefined);
      show((await vscode.window.showInputBox({ prompt: 'Its name', validateInput })) ?? 'nameless');
    },
    async confirm() {
      const options = { modal: true, detail: 'They will hear you.' };
      show((await vscode.window.showWarningMessage('Shout to the whole network?', options, 'Shout')) ?? 'silent');
    },
    listen: () => listenOn(5817),
    listenAloud: () => listenOn(5818),
    wash: (name) => show('washed ' + name),
    water: () => show('watered all'),
    eat: (name) => show('ate ' + name),
    rot: (name) => show('rotten ' + name),
  };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand('trial.' + name, run));
  }
}
`;

const FILES = {
  'package.json': JSON.stringify(MANIFEST, null, 2),
  'dist/extension.js': ENTRY,
  'dist/chunk.js': CHUNK,
  'media/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="14" r="8"/></svg>',
};
