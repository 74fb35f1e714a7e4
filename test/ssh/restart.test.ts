// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of a command are written so
/** Restarting a board by ssh: what a real ssh says of a real sshd, and what follows from it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { commandFor, isFault } from '../../src/editor/restart/command-line.ts';
import { type RestartOutcome, runRestart } from '../../src/editor/restart/run-command.ts';
import { freePort } from '../free-port.ts';
import { type Sshd, startSshd } from './sshd.ts';

const BOARD = '127.0.0.2';

describe('restarting a board by ssh', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd([BOARD, '127.0.0.3']);
  });
  after(() => sshd?.[Symbol.asyncDispose]());

  /** The outcome of a command to the board, in which `…` are further options of ssh. */
  async function outcomeOf(
    command: string,
    options: readonly string[] = [],
    timeoutMs = 20_000,
  ): Promise<RestartOutcome> {
    const setting = [sshd.ssh, ...options, 'root@${address}', command];
    const invocation = commandFor(setting, { address: BOARD });
    assert.ok(!isFault(invocation));
    return runRestart(invocation, { onLine: () => {}, signal: new AbortController().signal, timeoutMs });
  }

  it('ends with the connection, and that is no failure', async () => {
    const outcome = await outcomeOf('reboot');
    assert.equal(outcome.kind, 'cut off');
    // by who noticed first that the other end is gone
    assert.match('said' in outcome ? outcome.said : '', /closed by remote host\.|Broken pipe|reset by peer/);
    assert.deepEqual((await sshd.orders()).at(-1), { address: BOARD, command: 'reboot' });
  });

  it('is done where the board has the time to say so', async () => {
    assert.deepEqual(await outcomeOf('true'), { kind: 'done' });
  });

  it('may hang without a word, and that is no failure either', async () => {
    assert.deepEqual(await outcomeOf('sleep 60', [], 1_500), { kind: 'timed out', said: '' });
  });

  it('fails by what the board says', async () => {
    const failed = await outcomeOf('echo it is read-only; exit 3');
    assert.deepEqual(failed, { kind: 'failed', status: 3, said: 'it is read-only' });
    const missing = await outcomeOf('no-such-command');
    assert.ok(missing.kind === 'failed' && missing.status === 127 && /no-such-command: not found/.test(missing.said));
  });

  it('fails where ssh never gets onto the board, though its status is the same as that of a cut connection', async () => {
    const refused = await outcomeOf('reboot', ['-p', String(await freePort())]);
    assert.ok(refused.kind === 'failed' && /Connection refused$/.test(refused.said), JSON.stringify(refused));
    const stranger = await outcomeOf('reboot', ['-o', 'PubkeyAuthentication=no']);
    const said = `root@${BOARD}: Permission denied (publickey).`;
    assert.deepEqual(stranger, { kind: 'failed', status: 255, said });
    const unknown = await outcomeOf('reboot', ['-o', 'UserKnownHostsFile=/dev/null']);
    assert.deepEqual(unknown, { kind: 'failed', status: 255, said: 'Host key verification failed.' });
    const nowhere = await runRestart(
      { program: sshd.ssh, args: ['root@no-such-host.invalid', 'reboot'] },
      { onLine: () => {}, signal: new AbortController().signal },
    );
    assert.ok(nowhere.kind === 'failed' && /Could not resolve hostname/.test(nowhere.said), JSON.stringify(nowhere));
  });

  it('fails where the board has another key than before, as after every flash of some images', async () => {
    const changed = await outcomeOf('reboot', ['-o', `UserKnownHostsFile=${sshd.otherKeys}`]);
    assert.deepEqual(changed, { kind: 'failed', status: 255, said: 'Host key verification failed.' });
  });
});
