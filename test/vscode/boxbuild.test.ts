/** BOXBUILDs in an editor: what is wrong in them, what their names mean, what can be typed, and where their paths lead. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const FAULTY = `extend "$BOXES_BASE/linux-box/BOXBUILD"

name="new-box"
inc_root_size 20MB
apks=(vim)
`;

describe('a BOXBUILD in an editor', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };

  before(async () => {
    bench = await setUpBench();
    await mkdir(path.join(bench.boxes, 'new-box'));
    await writeFile(path.join(bench.boxes, 'new-box/BOXBUILD'), FAULTY);
    vscode = await bench.open();
    await vscode.workbench.openFile('boxes/new-box/BOXBUILD');
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  /** The texts of what is drawn at a selector, as soon as they are as wished. */
  const drawn = (what: string, selector: string, isAsWished: (texts: string[]) => boolean) =>
    until(
      what,
      async () => (await vscode.page.locator(selector).allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ')),
      isAsWished,
    );

  it('is a shell script, whose problems are shown', async () => {
    await drawn('the language', '#status\\.editor\\.mode', ([text]) => text?.trim() === 'Shell Script');
    await vscode.workbench.runCommand('Problems: Focus on Problems View');
    await drawn('the problems', '.markers-panel .monaco-list-row', (rows) =>
      [/can't read the size "20MB"/, /write apks\+=\(…\)/].every((like) => rows.some((row) => like.test(row))),
    );
    await vscode.workbench.pictures('boxbuild-problems');
  });

  it('tells what a name means', async () => {
    await vscode.page.locator('.view-line span', { hasText: 'inc_root_size' }).last().hover();
    await drawn('the explanation', '.monaco-hover .hover-contents', (texts) =>
      texts.some((text) => text.includes('Makes the root partition larger by a size')),
    );
    await vscode.workbench.pictures('boxbuild-hover');
  });

  it('leads to what it extends', async () => {
    await drawn('the link', '.view-line .detected-link', (texts) => texts.join('').includes('linux-box'));
  });

  it('lists what stands in it', async () => {
    await vscode.page.keyboard.press('Control+Shift+o');
    await drawn('the outline', '.quick-input-list .monaco-list-row .label-name', (texts) =>
      ['extend', 'name', 'apks'].every((name) => texts.some((text) => text.trim() === name)),
    );
    await vscode.page.keyboard.press('Escape');
  });

  it('offers what mkbox understands, and is looked through anew as it is typed', async () => {
    const { page } = vscode;
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('enable_s');
    await drawn('the completion', '.suggest-widget .monaco-list-row', (rows) =>
      rows.some((row) => row.includes('enable_service')),
    );
    await vscode.workbench.pictures('boxbuild-completion');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('name=x');
    await drawn('the new problems', '.markers-panel .monaco-list-row', (rows) =>
      rows.some((row) => row.includes('"arch" is not set')),
    );
    await page.keyboard.press('Control+z');
  });
});
