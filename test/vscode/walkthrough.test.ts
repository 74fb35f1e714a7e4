/** A new user's first steps, in the order in which the walkthrough leads through them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { StatusReport } from '../../src/status/report.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { settled, until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const IMAGE = 'docker-box-odroid-c4-main';
/** VS Code marks a step at once; a busy machine gets more. */
const MARKED_WITHIN_MS = 2_000;
const NO_BUILD = '0'.repeat(64);
/** Wide enough for the pictures beside the steps. */
const VIEWPORT = { width: 1720, height: 1000 };

describe('the walkthrough of mkbox', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;

  before(async () => {
    bench = await setUpBench();
    vscode = await bench.open({ viewport: VIEWPORT });
    workbench = vscode.workbench;
    await workbench.openView('mkbox');
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  /** Does what a step is about: it was not done before, and is then. */
  async function doStep(id: string, act: () => Promise<void>): Promise<void> {
    const { walkthrough } = workbench;
    await walkthrough.unfold(id);
    assert.equal(await walkthrough.isDone(id), false);
    await act();
    await walkthrough.show();
    await until(`step ${id} to be done`, () => walkthrough.isDone(id));
    await walkthrough.unfold(id); // the next one is unfolded by itself
    await workbench.pictures(`walkthrough-${id}`);
  }

  /** Looks, after VS Code had time to mark it, whether a step is still to be done. */
  async function staysOpen(id: string): Promise<void> {
    const { walkthrough } = workbench;
    const isDone = () => walkthrough.isDone(id);
    assert.equal(await settled(`step ${id} to stay open`, isDone, () => true, MARKED_WITHIN_MS), false);
  }

  it('opens from an empty view, with six steps', async () => {
    await vscode.page.locator('.welcome-view-content a', { hasText: 'Get to know mkbox' }).first().click();
    const steps = await workbench.walkthrough.steps();
    assert.deepEqual(steps, ['demo', 'inside', 'try', 'network', 'point', 'confirmed']);
  });

  it('has its first step done when the demo was copied and opened', async () => {
    const folder = path.dirname(bench.demo);
    await doStep('demo', async () => {
      const opening = vscode.page.context().waitForEvent('page');
      await workbench.walkthrough.press('demo', 'Open the Demo…');
      await workbench.answerFileDialog(folder);
      const window = await opening;
      assert.equal(new URL(window.url()).searchParams.get('folder'), path.join(folder, 'mkbox-demo'));
      await window.close();
    });
    assert.match(
      await readFile(path.join(folder, 'mkbox-demo/boxes/docker-box/BOXBUILD'), 'utf8'),
      /^name="docker-box"$/m,
    );
  });

  it('has the next one done when the user looked inside an image', () =>
    doStep('inside', async () => {
      await workbench.walkthrough.press('inside', 'Show the Images');
      await workbench.expand('Images', IMAGE);
      await workbench.expand('Images', 'Files');
    }));

  it('has the next one done when an image was tried, and not when the user tries none', () =>
    doStep('try', async () => {
      await workbench.walkthrough.press('try', 'Try as a Board…');
      await workbench.quickPick();
      await workbench.cancelQuickInput();
      await staysOpen('try');
      await workbench.walkthrough.press('try', 'Try as a Board…');
      await workbench.choose('Type a Query or a URL…');
      await workbench.inputBox('name=nothing-box&board=odroid-c4');
      await workbench.notification('mkbox: A board would');
      await workbench.runCommand('Notifications: Clear All Notifications');
      await staysOpen('try');
      await workbench.walkthrough.press('try', 'Try as a Board…');
      await workbench.choose(IMAGE);
      await workbench.notification('mkbox: A board would now run build d66ce5c');
    }));

  it('has the next one done when others than this machine are served', () =>
    doStep('network', async () => {
      await workbench.walkthrough.press('network', 'Serve to Boards on the Network…');
      await workbench.choose('All addresses');
      await workbench.dialogs.click('Serve to the Network');
    }));

  it('has the next one done when an update.txt was copied, and not when the user copies none', () =>
    doStep('point', async () => {
      await workbench.walkthrough.press('point', 'Copy update.txt for a Board…');
      await workbench.quickPick();
      await workbench.cancelQuickInput();
      await staysOpen('point');
      await workbench.walkthrough.press('point', 'Copy update.txt for a Board…');
      await workbench.choose(IMAGE);
      await until(
        'the file on the clipboard',
        async () => String(await vscode.page.evaluate('navigator.clipboard.readText()')),
        (text) => text.startsWith('force_update_name=docker-box\n'),
      );
    }));

  it('has its last step done when a board runs what it was given', () =>
    doStep('confirmed', async () => {
      const board = { port: bench.port, from: '127.0.0.2', query: 'name=docker-box&board=odroid-c4&branch=main' };
      const id = await readFile(path.join(bench.boxes, `docker-box/${IMAGE}.img.buildID`), 'utf8');
      await askForUpdate({ ...board, buildId: NO_BUILD });
      await until('the server to know that all of it arrived', async () => {
        const { boards } = (await (await fetch(`http://127.0.0.1:${bench.port}/status`)).json()) as StatusReport;
        return boards.find(({ address }) => address === board.from)?.state.kind === 'flashing';
      });
      await askForUpdate({ ...board, buildId: id.slice(0, 64) });
    }));
});
