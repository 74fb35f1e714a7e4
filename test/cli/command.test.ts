import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands/commands.ts';
import { HELP } from '../../src/cli/help.ts';
import { COMMAND } from '../board/command.ts';
import { type BoxesFolder, makeBoxes } from '../images/image-sets.ts';
import { runCommand, runWithLittleRoom } from './run-command.ts';

suite('update-server', () => {
  test('--help tells how to use it', async () => {
    deepEqual(await runCommand(['--help'], {}), { status: 0, stdout: HELP, stderr: '' });
  });

  test('--version tells its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    deepEqual(await runCommand(['--version'], {}), { status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('tells that a file did not take all of what it prints', { skip: process.platform !== 'linux' }, async () => {
    await using boxes = await makeBoxes();
    const { status, stderr } = await runWithLittleRoom(['--help'], {}, boxes.at('help'));
    deepEqual([status, stderr], [1, "update-server: can't write to standard output (EFBIG)\n"]);
  });

  test('tells in one line that the folder it was started in is gone', {
    skip: process.platform !== 'linux',
  }, async () => {
    await using boxes = await makeBoxes();
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
    for (const args of [[], ['verify']]) {
      const shell = ['-c', script, 'sh', process.execPath, COMMAND, ...args];
      const env = { PATH: process.env.PATH, CHECKS_PATH: 'none' };
      const { status, stderr } = spawnSync('sh', shell, { cwd: boxes.root, env, encoding: 'utf8' });
      deepEqual([status, stderr.split('\n').length], [1, 2], stderr);
      match(stderr, /^update-server: ENOENT: .*the current working directory was likely removed/);
    }
  });

  for (const args of [['--port', '80'], ['boxes'], ['-h'], ['--help', 'me'], ['']]) {
    test(`takes no arguments: ${JSON.stringify(args)}`, async () => {
      const stderr = `update-server: unknown argument ${args.join(' ')}; see update-server --help\n`;
      deepEqual(await runCommand(args, {}), { status: 2, stdout: '', stderr });
    });
  }
});

suite('the subcommands of update-server', () => {
  for (const name of Object.keys(COMMANDS)) {
    test(`${name} --help tells how to use it, and the help of all names it`, async () => {
      const { status, stdout, stderr } = await runCommand([name, '--help'], {});
      deepEqual([status, stderr], [0, '']);
      match(stdout, new RegExp(`^Usage: update-server ${name} `));
      match(HELP, new RegExp(`^ {7}update-server ${name}\\b.*\\n[^]*^  ${name} `, 'm'));
    });
  }

  for (const [args, complaint] of [
    [['ls'], "missing required argument 'image[:path]'"],
    [['verify', 'a', 'b'], 'too many arguments. Expected 1 argument but got 2: a, b'],
    [['cat', '--json', 'a:b'], "unknown option '--json'"],
    [['pack', 'a.img', '--build-id'], "option '--build-id <ID>' argument missing"],
  ] as const) {
    test(`say what makes no sense in ${args.join(' ')}`, async () => {
      const stderr = `update-server: ${complaint}; see update-server ${args[0]} --help\n`;
      deepEqual(await runCommand(args, {}), { status: 2, stdout: '', stderr });
    });
  }
});

suite('update-server says in one line on standard error why it cannot serve', () => {
  let boxes: BoxesFolder;
  before(async () => {
    boxes = await makeBoxes();
    await writeFile(boxes.at('file'), '');
    await mkdir(boxes.at('box'));
  });
  after(() => boxes[Symbol.asyncDispose]());

  /** Expects the command to end with `status` and nothing but `message`, in which `~` stands for the image folder. */
  async function fails(env: Record<string, string>, status: number, message: string): Promise<void> {
    const { stdout, ...rest } = await runCommand([], { IMAGE_PATH: boxes.root, ...env });
    deepEqual(rest, { status, stderr: `update-server: ${message.replace('~', boxes.root)}\n` });
    equal(stdout, '');
  }

  for (const PORT of ['abc', '99999']) {
    test(`PORT=${PORT}`, () =>
      fails({ PORT }, 2, `PORT must be a number from 0 to 65535, not "${PORT}"; 0 picks a free one`));
  }

  test('STOP_AFTER_REQUEST=maybe', () => {
    return fails({ STOP_AFTER_REQUEST: 'maybe' }, 2, 'STOP_AFTER_REQUEST must be true or false, not "maybe"');
  });

  test('a folder that is not there', () => {
    return fails({ IMAGE_PATH: boxes.at('none') }, 1, 'IMAGE_PATH: there is no folder ~/none');
  });

  test('a file in place of the folder', () => {
    return fails({ IMAGE_PATH: boxes.at('file') }, 1, 'IMAGE_PATH: ~/file is not a folder');
  });

  test('a folder below a file', () => {
    const message = 'IMAGE_PATH: there is no folder ~/file/boxes';
    return fails({ IMAGE_PATH: boxes.at('file', 'boxes') }, 1, message);
  });

  for (const [name, file] of [
    ['STATE_PATH', 'boards.json'],
    ['CHECKS_PATH', 'checks.json'],
  ] as const) {
    test(`a folder in place of the file ${name}, which stays as it is`, async () => {
      const message = `${name}: ~/box is not a file; name one, such as ${boxes.at('box', file)}`;
      await fails({ [name]: boxes.at('box') }, 1, message);
      deepEqual((await readdir(boxes.root)).toSorted(), ['box', 'file']);
    });
  }

  test('a device in place of a file', () => {
    return fails({ CHECKS_PATH: '/dev/null' }, 1, 'CHECKS_PATH: /dev/null is not a file; name one');
  });

  test('one file for what is known of boards and of images', () => {
    const message = 'STATE_PATH and CHECKS_PATH are the same file, ~/kept; each needs its own';
    return fails({ STATE_PATH: boxes.at('kept'), CHECKS_PATH: boxes.at('box', '..', 'kept') }, 2, message);
  });

  test('a name that cannot be resolved', () => {
    const remedy = 'give a name or an address alone, without a port or http://';
    return fails(
      { HOST: 'no-such-host.invalid' },
      1,
      `no-such-host.invalid cannot be resolved to an address; ${remedy}`,
    );
  });

  test("another machine's address", () => {
    const message = '192.0.2.1 is not an address of this machine; 0.0.0.0 stands for all it has';
    return fails({ HOST: '192.0.2.1' }, 1, message);
  });

  test('a port in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    try {
      const remedy = 'stop what listens there or set another port';
      await fails({ PORT: String(port) }, 1, `port ${port} of 127.0.0.1 is in use; ${remedy}`);
    } finally {
      holder.close();
    }
  });

  test("to systemd's journal as an error, which `journalctl -p err` shows", {
    skip: process.platform !== 'linux',
  }, () => {
    const told = boxes.at('journal');
    // as systemd has it: device and inode of standard error
    const script = 'exec 2>"$0"; JOURNAL_STREAM=$(stat -L -c %d:%i "$0") exec "$@"';
    const env = { PATH: process.env.PATH, CHECKS_PATH: 'none', PORT: 'abc' };
    spawnSync('sh', ['-c', script, told, process.execPath, COMMAND], { env });
    const text = readFileSync(told, 'utf8');
    rmSync(told);
    equal(text, '<3>update-server: PORT must be a number from 0 to 65535, not "abc"; 0 picks a free one\n');
  });

  test('all at once: the environment is read before anything else', async () => {
    const { status, stderr } = await runCommand([], { IMAGE_PATH: boxes.at('none'), PORT: 'abc' });
    equal(status, 2);
    match(stderr, /^update-server: PORT must be .*\n$/);
  });
});
