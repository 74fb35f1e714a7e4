/** The commands that hand something to the user: what boards need, files, exports. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

describe('the commands of mkbox', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let url: string;

  before(async () => {
    bench = await setUpBench();
    vscode = await bench.open();
    workbench = vscode.workbench;
    url = `http://127.0.0.1:${bench.port}`;
    await until(
      'the server',
      () => workbench.statusBarItem('mkbox.status'),
      (item) => item.icons.includes('broadcast'),
    );
    await workbench.openView('mkbox');
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  const copied = (what: RegExp) =>
    until(
      `${what} on the clipboard`,
      async () => String(await vscode.page.evaluate('navigator.clipboard.readText()')),
      (text) => what.test(text),
    );

  const copyAnyway = () =>
    workbench.clickNotificationButton(
      `only this machine can reach ${url}; boards on the network cannot`,
      'Copy Anyway',
    );

  it('copy the URL of the server, and of an image, though only this machine can reach it', async () => {
    await workbench.runCommand('mkbox: Copy Update URL');
    await copyAnyway();
    assert.equal(await copied(/^http/), url);
    await workbench.contextMenu('Images', 'docker-box-odroid-c4-feature-x-1.2.0');
    await workbench.clickContextItem('Copy Update URL');
    await copyAnyway();
    assert.equal(
      await copied(/update\?/),
      `${url}/update?name=docker-box&board=odroid-c4&branch=feature-x&version=1.2.0`,
    );
  });

  it('copy the command that shows what a board gets', async () => {
    await workbench.runCommand('mkbox: Copy curl Command');
    await workbench.choose('linux-box-odroid-c4-master');
    const expected = `curl '${url}/update?name=linux-box&board=odroid-c4&branch=master' | tar -tv`;
    assert.equal(await copied(/^curl/), expected);
  });

  it('copy the update.txt that points a board here', async () => {
    await workbench.contextMenu('Images', 'docker-box-odroid-c4-main');
    await workbench.clickContextItem('Copy update.txt for a Board…');
    await copyAnyway();
    const lines = ['name=docker-box', 'branch=main', 'version=', `server_http=${url}`];
    assert.equal(await copied(/^force_/), lines.map((line) => `force_update_${line}\n`).join(''));
  });

  it('copy the DNS records that do the same', async () => {
    await workbench.runCommand('mkbox: Copy DNS TXT Records…');
    await copyAnyway();
    await workbench.choose('docker-box-odroid-c4-main');
    const { message } = await workbench.typeIntoInputBox('00:1e');
    assert.match(message, /^Twelve hexadecimal digits/);
    await workbench.inputBox('00:1E:06:12:34:56');
    await workbench.inputBox('lab.example.org');
    const owner = '00-1e-06-12-34-56.lab.example.org. IN TXT';
    const values = ['box_name=docker-box', 'box_branch=main', 'box_version=', `box_update_server=${url}`];
    assert.equal(await copied(/IN TXT/), values.map((value) => `${owner} "${value}"\n`).join(''));
  });

  it('try an image as a board does, and make no board of that', async () => {
    await workbench.contextMenu('Images', 'docker-box-odroid-c4-main');
    await workbench.clickContextItem('Try as a Board…');
    await workbench.notification('mkbox: A board would now run build d66ce5c');
    await until(
      'the trial among the requests',
      () => workbench.treeRows('Requests'),
      (rows) => rows.some(({ label }) => label === 'Trial'),
    );
    assert.deepEqual(await workbench.treeRows('Boards'), []);
    await workbench.pictures('trial');
  });

  it("open a box's recipe", async () => {
    await workbench.clickRowAction('Images', 'led-blink', 'Open BOXBUILD');
    await vscode.page.getByRole('tab', { name: /BOXBUILD/ }).waitFor();
  });

  it('export the requests, and clear them', async () => {
    await fetch(`${url}/update?name=docker-box&board=nothing`);
    await until(
      'the request',
      () => workbench.treeRows('Requests'),
      (rows) => rows.length > 0,
    );
    await workbench.clickViewAction('Requests', 'Export Requests as JSON…');
    await vscode.page.getByRole('button', { name: 'OK' }).click();
    const file = path.join(bench.demo, 'mkbox-requests.json');
    const text = await until(
      'the file',
      () => readFile(file, 'utf8').catch(() => ''),
      (it) => it !== '',
    );
    const [request] = JSON.parse(text);
    assert.equal(request.status, 404);
    assert.equal(request.asked.board, 'nothing');
    await workbench.clickViewAction('Requests', 'Clear Requests');
    assert.match((await workbench.welcome('Requests')).text, /^No board has asked yet\./);
  });

  it('reveal an image in the Explorer by a file that is there', async () => {
    const image = 'linux-box-odroid-c4-master';
    await rm(path.join(bench.boxes, 'linux-box', `${image}.img.buildID`));
    await workbench.openView('mkbox');
    await until(
      'the image to be incomplete',
      () => workbench.treeRows('Images'),
      (rows) => rows.some(({ label, description }) => label === image && /not ready$/.test(description)),
    );
    await workbench.contextMenu('Images', image);
    await workbench.clickContextItem('Reveal in Explorer View');
    const selected = vscode.page.locator('.explorer-folders-view .monaco-list-row.selected');
    await until(
      'the file in the Explorer',
      () => selected.allTextContents(),
      ([text]) => text?.trim() === `${image}.img.zst`,
    );
  });
});
