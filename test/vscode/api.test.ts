/** What other extensions get from this one, asked by one of them in a real VS Code. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { makeSetWithTools } from '../fixtures/tool-made-set.ts';
import { PROJECT_ROOT } from './cache.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { inWindow, serves, type Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';

const MANIFEST = {
  name: 'neighbour',
  publisher: 'acme',
  version: '1.0.0',
  engines: { vscode: '^1.101.0' },
  main: './neighbour.js',
  activationEvents: ['onStartupFinished'],
  capabilities: { untrustedWorkspaces: { supported: true } },
  contributes: {
    commands: [
      { command: 'neighbour.ask', title: 'Ask', category: 'Neighbour' },
      { command: 'neighbour.serve', title: 'Serve', category: 'Neighbour' },
      { command: 'neighbour.model', title: 'Call Tools', category: 'Neighbour' },
      { command: 'neighbour.call', title: 'Call a Command', category: 'Neighbour' },
    ],
  },
};

/**
 * Stops, serves, waits for a request, and tells in a message what it saw; or has it served and tells where; or calls the
 * tools for language models, as `calls.json` beside it says, and writes the answers there.
 */
const CODE = `const vscode = require('vscode');
exports.activate = () => {
  const ready = vscode.window.createStatusBarItem('ready');
  ready.text = 'Neighbour is ready';
  ready.show();
};
vscode.commands.registerCommand('neighbour.ask', async () => {
  const api = await vscode.extensions.getExtension('mkbox.mkbox').activate();
  await api.stop();
  const url = await api.serve();
  const ended = new Promise((resolve) => api.onDidRequest((it) => it.state === 'finished' && resolve(it)));
  await (await fetch(url + '/update/led-blink/example-led-blink-odroid-c4')).arrayBuffer();
  const { image, state } = await ended;
  const images = api.images();
  await (await fetch(url + '/update/led-blink/example-led-blink-odroid-c4/' + images[0].buildId)).arrayBuffer();
  const [board] = api.boards();
  const seen = [api.version, url, images.length, images[0].buildId.length, image, state, board.address, board.buildId === images[0].buildId];
  vscode.window.showInformationMessage(seen.join(' '));
});
vscode.commands.registerCommand('neighbour.serve', async () => {
  const api = await vscode.extensions.getExtension('mkbox.mkbox').activate();
  vscode.window.showInformationMessage('served at ' + (await api.serve()));
});
vscode.commands.registerCommand('neighbour.call', async () => {
  const fs = require('node:fs');
  const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
  await vscode.commands.executeCommand(...JSON.parse(fs.readFileSync(folder + '/call.json', 'utf8')));
});
vscode.commands.registerCommand('neighbour.model', async () => {
  const fs = require('node:fs');
  const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const answers = [];
  for (const [name, input] of JSON.parse(fs.readFileSync(folder + '/calls.json', 'utf8'))) {
    try {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
      answers.push({ answer: JSON.parse(content[0].value) });
    } catch (error) {
      answers.push({ fault: error.message });
    }
  }
  fs.writeFileSync(folder + '/answers.json', JSON.stringify(answers));
  const known = vscode.lm.tools.filter(({ name }) => name.startsWith('mkbox_')).length;
  vscode.window.showInformationMessage(known + ' tools are known');
});`;

async function packageNeighbour(folder: string): Promise<string> {
  const source = path.join(folder, 'neighbour');
  const vsix = path.join(folder, 'neighbour.vsix');
  await mkdir(source);
  await writeFile(path.join(source, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(path.join(source, 'neighbour.js'), CODE);
  const vsce = path.join(PROJECT_ROOT, 'node_modules/@vscode/vsce/vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix];
  await promisify(execFile)(process.execPath, [vsce, 'package', ...flags], { cwd: source });
  return vsix;
}

describe('the API', () => {
  let folder: string;
  let bench: Bench;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-neighbour-'));
    bench = await setUpBench(await packageNeighbour(folder));
  });
  after(async () => {
    await bench?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  describe('in a workspace that is trusted', () => {
    let window: Window;
    before(async () => {
      window = await bench.open();
      // The palette lists what there is when it opens: not before the neighbour has come.
      await window.workbench.statusBarItem('Neighbour is ready');
    });
    afterEach((t) => keepEvidenceOfFailure(t, window));
    after(() => window?.close());

    it('serves, stops, and tells other extensions of requests and images', async () => {
      await window.workbench.runCommand('Neighbour: Ask');
      const expected = `1 http://127.0.0.1:${bench.port} 6 64 led-blink/example-led-blink-odroid-c4 finished 127.0.0.1 true`;
      assert.equal((await window.workbench.notification('http://')).text, expected);
    });

    it('says of commands that are in menus of rows that they act on one, whatever they are called on', async () => {
      const { workbench } = window;
      const told = "this command acts on a row: run it from a row's menu.";
      const ofRows = ['reveal', 'verifyRow', 'serveImageOnce', 'showImageOfRequest', 'copyInsidePath', 'openChange'];
      for (const [index, name] of ofRows.entries()) {
        await writeFile(
          `${bench.demo}/call.json`,
          JSON.stringify([`mkbox.${name}`, ...([[], [null], [42], [{}]][index % 4] ?? [])]),
        );
        await workbench.runCommand('Notifications: Clear All Notifications');
        await workbench.runCommand('Neighbour: Call a Command');
        await workbench.notification(told);
      }
      await writeFile(`${bench.demo}/call.json`, JSON.stringify(['mkbox.compareWith', null]));
      await workbench.runCommand('Neighbour: Call a Command');
      assert.ok((await workbench.quickPick()).rows.length > 1, 'one that can do without lets the user pick');
      await workbench.cancelQuickInput();
    });

    it('answers language models: images, boards, why one got nothing, and what differs between two builds', async () => {
      const make = (box: string, digit: string, text: string) =>
        makeSetWithTools(path.join(bench.boxes, box), {
          ...{ box, board: 'odroid-c4', branch: 'main', buildId: digit.repeat(64), rootMib: 16 },
          rootFiles: { 'etc/motd': `${text}\n` },
        });
      await make('first-box', '1', 'one');
      await make('other-box', '2', 'two');
      const asked = `${bench.boxes}/../calls.json`;
      const { workbench } = window;
      await workbench.runCommand('Neighbour: Serve');
      await workbench.notification('served at');
      const board = { port: bench.port, from: '127.0.0.9', query: 'name=no-box&board=pi', buildId: '3'.repeat(64) };
      assert.equal((await askForUpdate(board)).status, 404);
      const calls = [
        ['mkbox_list_images', {}],
        ['mkbox_list_boards', {}],
        ['mkbox_explain_board', { board: '127.0.0.9' }],
        ['mkbox_explain_board', { board: 'nobody' }],
        ['mkbox_compare_builds', { before: 'first-box-odroid-c4-main', after: '2222' }],
      ];
      await writeFile(asked, JSON.stringify(calls));
      await workbench.runCommand('Neighbour: Call Tools');
      await workbench.notification('4 tools are known');
      const answers = JSON.parse(await readFile(path.join(path.dirname(asked), 'answers.json'), 'utf8'));
      const [images, boards, why, nobody, changes] = answers;
      const first = images.answer.images.find(({ image }: { image: string }) => image.startsWith('first-box/'));
      assert.deepEqual([images.answer.images.length, first.buildId], [8, '1'.repeat(64)]);
      const seen = boards.answer.boards.find(({ address }: { address: string }) => address === '127.0.0.9');
      assert.deepEqual([seen.state, seen.reportedBuildId], ['refused', '3'.repeat(64)]);
      assert.match(why.answer.explanation.join('\n'), /no image no-box-pi/);
      assert.match(nobody.fault, /no board goes by "nobody"/);
      assert.equal(changes.answer.differs, true);
      assert.match(changes.answer.lines.join('\n'), /etc\/motd/);
    });
  });

  it('serves nothing from a workspace that is not trusted, and says so', async () => {
    await inWindow(bench, 'api, not trusted', { trust: 'ask' }, async ({ workbench }) => {
      await workbench.dialogs.click("No, I don't trust the authors");
      await workbench.statusBarItem('Neighbour is ready');
      await workbench.runCommand('Neighbour: Serve');
      assert.equal((await workbench.notification('served at')).text, 'served at undefined');
      await workbench.notification('images are served and built only in workspaces you trust');
      assert.equal(await serves(bench.port), false);
    });
  });
});
