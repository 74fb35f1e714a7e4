/** The settings that bound how much goes out at once, changed while boards are being served. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

/** Of those that ended, the extension remembers 200. */
const MANY = 210;
const NOISE_BYTES = 40 * 1024 * 1024;

describe('mkbox with one transfer at a time', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };

  before(async () => {
    bench = await setUpBench();
    await addBigImage(bench.boxes, NOISE_BYTES);
    vscode = await bench.open({ machineSettings: { 'mkbox.maxTransfers': 1 } });
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  /** What a request's row says before its time. */
  const withoutTime = (description: string) => description.replace(/ · [^·]+$/, '');
  const requests = (descriptions: readonly RegExp[]) =>
    until(
      `requests ${descriptions.join(', ')}`,
      () => vscode.workbench.treeRows('Requests'),
      (rows) => descriptions.every((like) => rows.some(({ description }) => like.test(withoutTime(description)))),
    );
  const ask = async (image: string): Promise<IncomingMessage> => {
    const asked = get(`http://127.0.0.1:${bench.port}/update/docker-box/${image}`, { agent: false });
    const [answer] = await once(asked, 'response');
    return answer;
  };

  it('shows that a board waits, and serves it when the setting allows more, without cutting the first', async () => {
    await until(
      'the server',
      () => vscode.workbench.statusBarItem('mkbox.status'),
      ({ text }) => text.startsWith('mkbox local:'),
    );
    const first = await ask('docker-box-odroid-c4-big');
    const second = ask('docker-box-odroid-c4-main');
    await vscode.workbench.openView('mkbox');
    await requests([/^sending .* docker-box-odroid-c4-big$/, /^queued: next in line · docker-box-odroid-c4-main$/]);
    await vscode.workbench.pictures('waiting');
    await vscode.changeSettings({ 'mkbox.maxTransfers': 2 });
    (await second).resume();
    await requests([/^sent .* docker-box-odroid-c4-main$/]);
    let bytes = 0;
    for await (const chunk of first) bytes += (chunk as Buffer).length;
    assert.ok(bytes > NOISE_BYTES);
    await requests([/^sent .* docker-box-odroid-c4-big$/]);
  });

  it('shows a board that takes no more bytes as stalled, and for how long', async () => {
    const frozen = await ask(`docker-box-odroid-c4-big/${'f'.repeat(64)}`);
    const stalled = String.raw`\d+%.*, stalled for [\d.]+ sec`;
    await requests([new RegExp(`^${stalled} · docker-box-odroid-c4-big$`)]);
    const item = await until(
      'the status',
      () => vscode.workbench.statusBarItem('mkbox.status'),
      ({ text }) => new RegExp(`^127\\.0\\.0\\.1 ${stalled}$`).test(text),
    );
    assert.match(item.ariaLabel, new RegExp(`^mkbox: 127\\.0\\.0\\.1 downloads docker-box-odroid-c4-big, ${stalled}$`));
    await until(
      'the board',
      () => vscode.workbench.treeRows('Boards'),
      (rows) => rows.some(({ description }) => new RegExp(`^${stalled} · docker-box-odroid-c4-big$`).test(description)),
    );
    await vscode.workbench.pictures('stalled');
    frozen.resume();
    await once(frozen, 'end');
    await requests([/^sent 42 MB .* docker-box-odroid-c4-big$/]);
  });

  it('shows what is being sent, however many others ask meanwhile', async () => {
    const sending = await ask('docker-box-odroid-c4-big');
    // the one that is not read is cut off in time: they must not take long
    let left = MANY;
    const askOthers = async () => {
      while (--left > 0) await (await fetch(`http://127.0.0.1:${bench.port}/${left}`)).text();
    };
    await Promise.all(Array.from({ length: 8 }, askOthers));
    await fetch(`http://127.0.0.1:${bench.port}/${MANY}`);
    await requests([new RegExp(` · /${MANY}$`), /(^sending|stalled for) .* docker-box-odroid-c4-big$/]);
    sending.resume();
    await once(sending, 'end');
  });
});
