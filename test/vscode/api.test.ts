/** What other extensions get from this one, asked by one of them in a real VS Code. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from './cache.ts';
import { inWindow, serves } from './in-window.ts';
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
    ],
  },
};

/** Stops, serves, waits for a request, and tells in a message what it saw; or has it served and tells where. */
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

  it('serves, stops, and tells other extensions of requests and images', async () => {
    await inWindow(bench, 'api', {}, async ({ workbench }) => {
      // The palette lists what there is when it opens: not before the neighbour has come.
      await workbench.statusBarItem('Neighbour is ready');
      await workbench.runCommand('Neighbour: Ask');
      const expected = `1 http://127.0.0.1:${bench.port} 6 64 led-blink/example-led-blink-odroid-c4 finished 127.0.0.1 true`;
      assert.equal((await workbench.notification('http://')).text, expected);
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
