/** What the user does to boards, where it can't be saved. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { status, type Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import { found, until } from './workbench/wait.ts';

describe('a change to boards', () => {
  let bench: Bench;
  let window: Window;
  let userDataDir: string;
  before(async () => {
    bench = await setUpBench();
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-user-data-'));
    window = await bench.open({ userDataDir });
    await status(window, `mkbox local:${bench.port}`);
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Has a command done to the board on the bench, once what was told before is gone. */
  async function act(title: string): Promise<void> {
    const { workbench } = window;
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.runCommand(`mkbox: ${title}`);
    await workbench.choose('127.0.0.2');
  }

  it('that can not be saved is told of where it was made, each time', async () => {
    const query = 'name=linux-box&board=odroid-c4';
    await askForUpdate({ port: bench.port, from: '127.0.0.2', query, buildId: '1'.repeat(64) });
    const folder = path.join(userDataDir, 'User/globalStorage/mkbox.mkbox/boards');
    const file = await found('the file of boards', async () => {
      const names = await readdir(folder).catch(() => []);
      return names.find((name) => /^[0-9a-f]+\.json$/.test(name));
    });
    await rm(path.join(folder, file));
    await mkdir(path.join(folder, file, 'in the way'), { recursive: true });
    const told = 'your last change to boards is not saved (EISDIR). It holds now, and is lost when this window closes';
    await act('Hold Board');
    assert.deepEqual((await window.workbench.notification(told)).buttons, ['Show Log']);
    await act('Release Board');
    await window.workbench.notification(told);
  });

  it('is told of, too, where the file could not be read at first', async () => {
    await window.reload();
    await status(window, `mkbox local:${bench.port}`);
    const query = 'name=linux-box&board=odroid-c4';
    await until(
      'the server to know the board',
      async () => (await askForUpdate({ port: bench.port, from: '127.0.0.2', query, buildId: '1'.repeat(64) })).status,
      (answered) => answered === 200,
    );
    await act('Hold Board');
    await window.workbench.notification('not saved: their file could not be read when this window opened (EISDIR)');
  });
});
