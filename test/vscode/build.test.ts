/** Building images in the editor, with the demo's stand-in for mkbox: from the tree, from the task list, by CodeLens. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import { pathWithNode } from './npm.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const NEW = 'example-led-blink-beaglebone-green';
const MAIN = 'docker-box-odroid-c4-main';
const PACE_MS = 400;
const BROKEN = `extend "$BOXES_BASE/linux-box/BOXBUILD"

name="example-led-blink"

function root()
{
    no_such_command "$DEST"
}
`;

const UNKNOWN_PACKAGE = `extend "$BOXES_BASE/linux-box/BOXBUILD"

name="example-led-blink"
apks+=(
    no-such-thing
)
`;

const PASSWORD = 'open sesame';
/** Asks for the password on the terminal and remembers it, as sudo does, and logs when each build begins and ends. */
const SUDO = `#!/bin/bash
for try in 1 2 3; do
    [ -e "$0.remembered" ] && break
    read -rsp "[sudo] password for builder: " password < /dev/tty
    echo
    if [ "$password" = "${PASSWORD}" ]; then touch "$0.remembered"; else echo "Sorry, try again."; fi
done
[ -e "$0.remembered" ] || { echo "sudo: 3 incorrect password attempts"; exit 1; }
[ "$1" = -E ] && shift
echo "$BOARD begins" >> "$0.log"
"$@"
status=$?
echo "$BOARD ends" >> "$0.log"
exit "$status"
`;

describe('building images in the editor', () => {
  let bench: Bench;
  let programs: string;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;

  before(async () => {
    bench = await setUpBench();
    programs = await mkdtemp(path.join(tmpdir(), 'mkbox-programs-'));
    await writeFile(path.join(programs, 'sudo'), SUDO, { mode: 0o755 });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's own variables
    const buildCommand = ['env', `MKBOX_PACE_MS=${PACE_MS}`, process.execPath, '${mkbox}', '${boxbuild}'];
    vscode = await bench.open({
      viewport: { width: 1280, height: 1000 },
      // the terminal's text is in the page only where no graphics card draws it
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
      machineSettings: { 'mkbox.buildCommand': buildCommand },
      // as from a command line: else it asks a login shell for its PATH
      env: { PATH: `${programs}:${pathWithNode()}`, VSCODE_CLI: '1' },
    });
    workbench = vscode.workbench;
    await workbench.openView('mkbox');
    await workbench.widenSideBar(560);
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
    await rm(programs, { recursive: true });
  });

  /** What stands behind a row's name, as soon as that is as wished. */
  const described = (label: string, like: RegExp) =>
    until(
      `${label} ${like}`,
      async () => (await workbench.treeRows('Images')).find((row) => row.label === label)?.description,
      (text) => text !== undefined && like.test(text),
    );
  const buildIdOf = async (box: string, image: string) =>
    (await readFile(path.join(bench.boxes, box, `${image}.img.buildID`), 'utf8')).slice(0, 64);

  it('shows what was never built, and what a box consists of', async () => {
    await described(NEW, /^not built$/);
    await workbench.expand('Images', 'Consists of');
    await described('linux-box', /^8 packages · \+0 MiB$/);
    await workbench.expand('Images', 'Boards');
    await described('odroid-c4', /^root partition 8 MiB · boot partition 34 MiB$/);
    await workbench.pictures('build-not-built');
    await workbench.collapse('Images', 'Consists of');
  });

  it('builds the image of a row, whose row says so until it is ready', async () => {
    await workbench.clickInContextMenu('Images', NEW, 'Build Image…');
    await described(NEW, /building, \d+ sec/);
    await workbench.pictures('build-running');
    await described(NEW, /^now · \d+ kB$/);
    await workbench.notification(`${NEW} was built in`);
    await workbench.pictures('build-done');
    await workbench.dismissNotification(`${NEW} was built in`);
  });

  it('tells which boards get the new build, and holds them', async () => {
    await askForUpdate({
      port: bench.port,
      from: '127.0.0.9',
      query: 'name=docker-box&board=odroid-c4&branch=main',
      buildId: await buildIdOf('docker-box', MAIN),
    });
    await workbench.clickInContextMenu('Images', MAIN, 'Build Image…');
    await described(MAIN, /building/);
    await workbench.notification('1 package changed. 1 board will get it at its next boot.');
    await workbench.pictures('build-boards');
    await workbench.clickNotificationButton('1 board will get it at its next boot.', 'Hold');
    await until(
      'the board to be held',
      async () => (await workbench.treeRows('Boards')).find((row) => row.label === '127.0.0.9')?.description,
      (text) => /^held/.test(text ?? ''),
    );
  });

  it('marks an image that is older than what it is made of, until it is built anew from the list of tasks', async () => {
    const source = path.join(bench.boxes, 'led-blink/root/usr/bin/led-blink');
    const soon = new Date(Date.now() + 4_000);
    await utimes(source, soon, soon);
    await described(NEW, / kB · older than boxes\/led-blink\/root\/usr\/bin\/led-blink$/);
    await workbench.pictures('build-stale');
    const { page } = vscode;
    await workbench.runCommand('Tasks: Run Build Task');
    await page.evaluate(`(() => {
      globalThis.sawLastBuild = false;
      setInterval(() => {
        const text = document.querySelector('.monaco-workbench')?.textContent.replaceAll('\\u00a0', ' ');
        if (/building, \\d+ sec; the last build took \\d+ sec · /.test(text)) globalThis.sawLastBuild = true;
      }, 50);
    })()`);
    await workbench.choose('mkbox: led-blink for beaglebone-green');
    await until(
      'the time of the last build in the row',
      () => page.evaluate('globalThis.sawLastBuild'),
      (isSeen) => isSeen === true,
    );
    await described(NEW, /^now · \d+ kB$/);
    await workbench.notification('1 package changed.');
  });

  it('leads to the line of a BOXBUILD that an error is in, from a build by its CodeLens', async () => {
    const { page } = vscode;
    await writeFile(path.join(bench.boxes, 'led-blink/BOXBUILD'), BROKEN);
    await workbench.openFile('boxes/led-blink/BOXBUILD');
    await page.locator('.codelens-decoration a', { hasText: 'Build Image…' }).click();
    await until(
      'the boards',
      () => workbench.quickPick(),
      ({ rows }) => rows.length === 2,
    );
    await workbench.pictures('build-lens');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'odroid-c4' }).click();
    await page.keyboard.press('Enter');
    await workbench.notification('mkbox failed (exit status 127)');
    await workbench.runCommand('Problems: Focus on Problems View');
    const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'no_such_command: command not found' });
    await problem.waitFor();
    await workbench.pictures('build-failed');
    await problem.click();
    await until(
      'the line of the error',
      () => page.locator('#status\\.editor\\.selection').innerText(),
      (text) => text.includes('Ln 7'),
    );
  });

  it('shows a command that is not found where an extended BOXBUILD calls it, though bash names no file', async () => {
    const { page } = vscode;
    const extended = path.join(bench.boxes, 'linux-box/BOXBUILD');
    const right = await readFile(extended, 'utf8');
    await writeFile(extended, `${right}\nfunction build()\n{\n    no_such_program "$SRC"\n}\n`);
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.clickInContextMenu('Images', NEW, 'Build Image…');
    await workbench.notification('mkbox failed (exit status 127)');
    await workbench.dismissNotification('mkbox failed (exit status 127)');
    await workbench.runCommand('Problems: Focus on Problems View');
    const problem = page.locator('.markers-panel .monaco-list-row', {
      hasText: 'bash did not find the command no_such_program when this was built for beaglebone-green.',
    });
    await problem.waitFor();
    // as a change is that is told late: the problem is about the same text
    await utimes(extended, new Date(), new Date());
    await utimes(path.join(bench.boxes, 'led-blink/BOXBUILD'), new Date(), new Date());
    await page.waitForTimeout(2_000);
    assert.equal(await problem.count(), 1);
    await writeFile(extended, right);
    await problem.waitFor({ state: 'detached' });
  });

  it('shows a package that apk does not find where the BOXBUILD names it, and leads there from the terminal', async () => {
    const { page } = vscode;
    await writeFile(path.join(bench.boxes, 'led-blink/BOXBUILD'), UNKNOWN_PACKAGE);
    await described(NEW, /older than boxes\/led-blink\/BOXBUILD$/);
    await workbench.clickInContextMenu('Images', NEW, 'Build Image…');
    await workbench.notification('mkbox failed (exit status 1)');
    await workbench.dismissNotification('mkbox failed (exit status 1)');
    await workbench.runCommand('Problems: Focus on Problems View');
    const problem = page.locator('.markers-panel .monaco-list-row', {
      hasText: 'apk found no package no-such-thing when this was built for beaglebone-green.',
    });
    await problem.waitFor();
    assert.match(await problem.innerText(), /mkbox[\s\S]*\[Ln 5, Col 5\]/);
    await workbench.pictures('build-no-package');
    await workbench.runCommand('Terminal: Focus Terminal');
    const word = page.locator('.xterm-rows span', { hasText: 'world[no-such-thing]' }).last();
    // the link is found where the pointer comes to rest, and the terminal may scroll once more
    const tooltip = page.getByText('Open the BOXBUILD where it names no-such-thing');
    await until(
      'the link',
      async () => {
        const { x = 0, y = 0, width = 0, height = 0 } = (await word.boundingBox()) ?? {};
        await page.mouse.move(x + 10, y - 40);
        await page.mouse.move(x + width - 40, y + height / 2, { steps: 5 });
        await page.waitForTimeout(1_000);
        return tooltip.isVisible();
      },
      (isVisible) => isVisible,
    );
    await page.keyboard.down('Control');
    await page.mouse.down();
    await page.mouse.up();
    await page.keyboard.up('Control');
    await until(
      'the line of the package',
      () => page.locator('#status\\.editor\\.selection').innerText(),
      (text) => text.includes('Ln 5') && text.includes('13 selected'),
    );
    await page.keyboard.type('vim');
    await workbench.runCommand('Problems: Focus on Problems View');
    await problem.waitFor({ state: 'detached' });
  });

  it('builds a box of the examples for several boards in turn, as soon as the password is right', async () => {
    const { page } = vscode;
    const blink = path.join(bench.demo, 'examples/blink');
    await mkdir(blink, { recursive: true });
    await writeFile(path.join(blink, 'BOXBUILD'), 'extend "$BOXES_BASE/linux-box/BOXBUILD"\n\nname="example-blink"\n');
    execFileSync('git', ['init', '-q', '-b', 'feature/x', bench.demo]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's own variables
    const bySudo = ['sudo', '-E', 'env', 'MKBOX_PACE_MS=50', process.execPath, '${mkbox}', '${boxbuild}'];
    await vscode.changeSettings({ 'mkbox.build.branchFromGit': true, 'mkbox.buildCommand': bySudo });
    await described('example-blink-odroid-c4', /^not built$/);
    await workbench.clickInContextMenu('Images', 'blink', 'Build Image…');
    await workbench.quickPick();
    for (const board of ['beaglebone-green', 'odroid-c4']) {
      await page.locator('.quick-input-list .monaco-list-row', { hasText: board }).click();
    }
    await page.keyboard.press('Enter');
    const asked = await until(
      'the question about the branch',
      () => workbench.quickPickOrBox(),
      ({ value }) => value === 'feature-x',
    );
    assert.match(JSON.stringify(asked), /The branch feature\/x cannot be part of an image's name/);
    await workbench.pictures('build-branch');
    await page.keyboard.press('Enter');
    const terminal = page.locator('.xterm-rows');
    const typed = async (password: string) => {
      await terminal.getByText('[sudo] password for builder:').last().waitFor();
      await page.locator('.terminal.xterm.focus').waitFor();
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
    };
    await typed('guessed');
    await terminal.getByText('Sorry, try again.').waitFor();
    await workbench.pictures('build-password');
    await typed(PASSWORD);
    for (const board of ['beaglebone-green', 'odroid-c4']) {
      await described(`example-blink-${board}-feature-x`, /^now · /);
    }
    assert.deepEqual((await readFile(path.join(programs, 'sudo.log'), 'utf8')).trim().split('\n'), [
      'beaglebone-green begins',
      'beaglebone-green ends',
      'odroid-c4 begins',
      'odroid-c4 ends',
    ]);
  });

  it('runs a task of tasks.json, with a branch and a version', async () => {
    const definition = { type: 'mkbox', box: 'linux-box', board: 'odroid-c4', branch: 'nightly', version: '1.2' };
    const task = { ...definition, label: 'nightly build', problemMatcher: '$mkbox' };
    await mkdir(path.join(bench.demo, '.vscode'), { recursive: true });
    await writeFile(path.join(bench.demo, '.vscode/tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [task] }));
    // a list that was opened before VS Code knew of the file stays as it is
    await until('the task to be listed', async () => {
      await workbench.runCommand('Tasks: Run Task');
      const { rows } = await workbench.quickPick();
      const isListed = rows.some(({ label }) => label === 'nightly build');
      if (!isListed) await vscode.page.keyboard.press('Escape');
      return isListed;
    });
    await workbench.choose('nightly build');
    await described('linux-box-odroid-c4-nightly-1.2', /^now · /);
  });
});
