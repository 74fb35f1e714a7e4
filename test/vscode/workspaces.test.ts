/** Folders that are opened: in which the extension awakes, finds the images, and serves them. */
import assert from 'node:assert/strict';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { inWindow, stopServing, type Window } from './in-window.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import { until } from './workbench/wait.ts';

const STATUS = 'mkbox.status';
/** Longer than the extension waits before it looks at the disk by itself. */
const NEXT_LOOK_MS = 4_000;

/** What an empty Images view says once the window knows that its workspace is trusted, which it does a moment after it opened. */
describe('mkbox in a folder', () => {
  let bench: Bench;
  let window: Window | undefined;
  before(async () => {
    bench = await setUpBench();
  });
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));

  /** A folder in the window that these tests share. */
  async function opened(workspace: string): Promise<Window> {
    if (window === undefined) window = await bench.open({ workspace });
    else await window.openFolder(workspace);
    return window;
  }
  const serves = (line: RegExp, port = bench.port) =>
    until(
      `${line} to be served`,
      () =>
        fetch(`http://127.0.0.1:${port}/list`).then(
          (answer) => answer.text(),
          () => '',
        ),
      (list) => line.test(list),
    );
  /** A folder beside the demo, with the demo's images in `images`, no recipe, and the box `led-blink` under its name. */
  async function folderWith(name: string, images: string): Promise<string> {
    const folder = path.join(path.dirname(bench.demo), name);
    await cp(bench.boxes, path.join(folder, images), { recursive: true });
    for (const box of ['docker-box', 'led-blink', 'linux-box']) await rm(path.join(folder, images, box, 'BOXBUILD'));
    await rename(path.join(folder, images, 'led-blink'), path.join(folder, images, name));
    return folder;
  }
  /** What is served of a folder like that, and of no other. */
  const servesThatOf = (name: string, port?: number) =>
    serves(new RegExp(`^${name}/example-led-blink-odroid-c4$`, 'm'), port);

  it('awakes when the folder of the boxes is opened itself', async () => {
    await opened(bench.boxes);
    await serves(/^docker-box\/docker-box-odroid-c4-main$/m);
  });

  it('says where it looked when there are no images, and where to tell it', async () => {
    const workspace = path.join(path.dirname(bench.demo), 'empty');
    await mkdir(workspace);
    const { workbench } = await opened(workspace);
    await workbench.openView('mkbox');
    const says =
      /^There is no folder with box images here: neither boxes nor src\/boxes, nor is this such a folder itself\.\nNew here\? Get to know mkbox$/;
    const { buttons } = await workbench.welcome('Images', says);
    assert.deepEqual(buttons, ['Set the Image Folder']);
    await workbench.welcome('Boards', /^No board has asked yet\./);
    await workbench.pictures('no-folder');
    await workbench.clickWelcomeButton('Images', 'Set the Image Folder');
    assert.equal(await workbench.settings.scopeOf('Mkbox: Image Path'), 'User');
  });

  it('says that there is nothing to show where there is neither an image nor a BOXBUILD', async () => {
    const workspace = path.join(path.dirname(bench.demo), 'nothing-built');
    await mkdir(path.join(workspace, 'boxes/new-box'), { recursive: true });
    const { workbench } = await opened(workspace);
    await workbench.openView('mkbox');
    const says = /^There is neither an image nor a box with a BOXBUILD here\.\nNew here\? Get to know mkbox$/;
    const { buttons } = await workbench.welcome('Images', says);
    assert.deepEqual(buttons, ['Refresh']);
    await workbench.pictures('no-images');
  });

  it('serves nothing where no folder is open, and says so', async () => {
    const port = await freePort();
    await inWindow(
      bench,
      'no folder',
      { machineSettings: { 'mkbox.port': port } },
      async ({ url, page, workbench }) => {
        await page.goto(`${new URL(url).origin}/?ew=true`);
        // a palette that was opened before VS Code knows the extension does not find its commands later
        await until(
          'the extension to be known',
          () => workbench.commands('mkbox: Serve Images'),
          ({ length }) => length > 0,
        );
        await workbench.runCommand('mkbox: Serve Images');
        const told = await workbench.notification('no folder is open, so there is nothing to serve or build.');
        assert.deepEqual(told.buttons, ['Open Folder']);
        await assert.rejects(fetch(`http://127.0.0.1:${port}/list`));
      },
    );
  });

  it('awakes for images without a recipe', async () => {
    for (const [name, images] of [
      ['no-recipe', 'boxes'],
      ['no-recipe-in-src', 'src/boxes'],
    ] as const) {
      await opened(await folderWith(name, images));
      await servesThatOf(name);
    }
  });

  it('serves the folder that the workspace names, once that is trusted', async () => {
    const workspace = await folderWith('named-folder', 'out');
    await mkdir(path.join(workspace, '.vscode'));
    await writeFile(path.join(workspace, '.vscode/settings.json'), '{ "mkbox.imagePath": "out" }');
    const port = await freePort();
    const options = { workspace, trust: 'ask', machineSettings: { 'mkbox.port': port } } as const;
    await inWindow(bench, 'named folder', options, async ({ page, workbench }) => {
      await workbench.dialogs.click("No, I don't trust the authors");
      await workbench.openView('mkbox');
      await workbench.welcome('Images', /^There is no folder with box images here.*only from workspaces you trust/s);
      await workbench.clickStatusBarItem(STATUS);
      await workbench.choose('Manage Workspace Trust');
      await page
        .getByRole('button', { name: /^Trust$/ })
        .first()
        .click();
      await servesThatOf('named-folder', port);
    });
  });

  // the last one: the setting stays
  it('serves as soon as its folder is set, and not again once it was stopped', async () => {
    const workspace = await folderWith('set-folder', 'out');
    const shown = await opened(workspace);
    const { workbench, changeSettings } = shown;
    await workbench.openView('mkbox');
    await workbench.welcome('Images', /^There is no folder with box images here/);
    await changeSettings({ 'mkbox.imagePath': 'ot' });
    const says = /^The setting mkbox\.imagePath names a folder that doesn't exist\.\nNew here\? Get to know mkbox$/;
    const { buttons } = await workbench.welcome('Images', says);
    assert.deepEqual(buttons, ['Set the Image Folder']);
    await changeSettings({ 'mkbox.imagePath': 'out' });
    await servesThatOf('set-folder');

    await mkdir(path.join(workspace, 'out/new-box'));
    await sleep(NEXT_LOOK_MS);
    assert.ok(!(await workbench.treeRows('Images')).some(({ label }) => label === 'new-box'));
    await writeFile(path.join(workspace, 'out/new-box/BOXBUILD'), 'box=new-box\n');
    await until(
      'the box that has a recipe now',
      () => workbench.treeRows('Images'),
      (rows) => rows.some(({ label }) => label === 'new-box'),
    );

    await stopServing(shown);
    await rm(path.join(workspace, 'out/docker-box'), { recursive: true });
    await until(
      'the box to be gone',
      () => workbench.treeRows('Images'),
      (rows) => !rows.some(({ label }) => label === 'docker-box'),
    );
    assert.equal((await workbench.statusBarItem(STATUS)).text, 'mkbox');
  });
});
