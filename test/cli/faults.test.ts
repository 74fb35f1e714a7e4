import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { readFault } from '../../src/cli/faults.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { type BoxesFolder, makeBoxes, writeSet } from '../images/image-sets.ts';
import { runCommand } from './run-command.ts';

suite('update-server --fault', () => {
  let boxes: BoxesFolder;
  before(async () => {
    boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
  });
  after(() => boxes[Symbol.asyncDispose]());

  for (const args of [[], ['cut:101'], ['byte@here'], ['byte', '404']]) {
    test(`${args.join(' ')}: says what it may be`, async () => {
      const { status, stdout, stderr } = await runCommand(['--fault', ...args], { IMAGE_PATH: boxes.root });
      const found = args.length === 0 ? 'nothing' : JSON.stringify(args.join(' '));
      equal(
        stderr,
        'update-server: --fault needs one of cut:<percent>, stall:<percent>, slow:<kB per second>, byte, checksum, ' +
          `late:<seconds>, 404 or 503, with @<address> for one board, not ${found}\n`,
      );
      equal(status, 2);
      equal(stdout, '');
    });
  }

  const refused = (env: NodeJS.ProcessEnv) => {
    try {
      readFault(['byte'], env, { pid: 7, ppid: 6 });
      return false;
    } catch {
      return true;
    }
  };

  for (const [what, env, isRefused] of [
    ['a socket', { LISTEN_FDS: '1', LISTEN_PID: '7' }, true],
    ['a manager to be told', { NOTIFY_SOCKET: '/run/systemd/notify' }, true],
    ['an invocation', { INVOCATION_ID: 'a1' }, true],
    ['an invocation of its own', { INVOCATION_ID: 'a1', SYSTEMD_EXEC_PID: '7' }, true],
    ["an invocation of its parent's, a script", { INVOCATION_ID: 'a1', SYSTEMD_EXEC_PID: '6' }, true],
    ["the invocation of a person's terminal", { INVOCATION_ID: 'a1', SYSTEMD_EXEC_PID: '5' }, false],
    ['nothing', {}, false],
  ] as const) {
    test(`is ${isRefused ? 'refused' : 'taken'} where systemd gave the server ${what}`, () => {
      equal(refused(env), isRefused);
    });
  }

  test('is told in the log, with the request that met it', async () => {
    const args = ['--fault', '503@127.0.0.1'];
    await using server = await startUpdateServer({ imagePath: boxes.root, args, env: { LOG_FORMAT: 'json' } });
    const answer = await fetch(`${server.url}/update?name=box&board=pi`);
    deepEqual([answer.status, await answer.text()], [503, 'a fault on purpose\n']);
    await server.stop();
    const records = server.lines().map((line) => JSON.parse(line));
    const told = (event: string) => records.filter((record) => record.event === event);
    deepEqual(
      told('fault').map(({ level, message }) => [level, message]),
      [
        ['warning', 'FAULT: fault on purpose for 127.0.0.1: answer 503'],
        ['warning', 'the fault on purpose is off'],
      ],
    );
    deepEqual(
      told('request').map(({ level, cause, fault }) => [level, cause, fault]),
      [['warning', 'fault', '503']],
    );
  });

  test('is refused under systemd', async () => {
    const { status, stderr } = await runCommand(['--fault', 'byte'], { IMAGE_PATH: boxes.root, INVOCATION_ID: 'a1' });
    equal(status, 2);
    match(stderr, /^update-server: --fault is for a server that a person starts: under systemd, it would come back/);
  });
});
