import { deepEqual, equal, match } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, suite, test } from 'node:test';
import { COMMAND } from '../board/command.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { freePort } from '../free-port.ts';
import { type BoxesFolder, makeBoxes, writeSet } from '../images/image-sets.ts';
import { requireTools } from '../tools/tools.ts';
import { beforeLong, MOST_WAIT_MS } from '../until.ts';
import { Supervised } from './supervised.ts';

/** The command under systemd's own program for that, which listens for it, and on which port. */
async function activated(imagePath: string): Promise<{ child: ChildProcess; port: number }> {
  const tools = requireTools('systemd-socket-activate');
  const variables = ['IMAGE_PATH', 'CHECKS_PATH', 'PATH'].map((name) => `--setenv=${name}`);
  const env = { PATH: process.env.PATH, IMAGE_PATH: imagePath, CHECKS_PATH: 'none' };
  const port = await freePort();
  const child = spawn(
    tools['systemd-socket-activate'],
    [...variables, `--listen=127.0.0.1:${port}`, process.execPath, COMMAND],
    { env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [said] = await once(createInterface(child.stderr), 'line', { signal: beforeLong() });
  match(String(said), /^Listening on /);
  return { child, port };
}

async function stop(child: ChildProcess): Promise<unknown> {
  const closed = once(child, 'close');
  const deadline = setTimeout(() => child.kill('SIGKILL'), MOST_WAIT_MS);
  child.kill('SIGTERM');
  const [status] = await closed;
  clearTimeout(deadline);
  return status;
}

suite('a socket that was handed over', () => {
  let boxes: BoxesFolder;
  before(async () => {
    boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
  });
  after(() => boxes[Symbol.asyncDispose]());

  /** What the command says before it ends, with what it is handed. */
  async function complaint(...sockets: ('tcp' | 'unix' | 'pipe')[]): Promise<string | undefined> {
    await using service = new Supervised({ imagePath: boxes.root, sockets });
    return (await service.until('line', /^update-server: /)).at(-1);
  }

  test('is served on by systemd itself', async () => {
    const { child, port } = await activated(boxes.root);
    let printed = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    try {
      equal(await (await fetch(`http://127.0.0.1:${port}/list`)).text(), 'box/box-pi\n');
    } finally {
      equal(await stop(child), 0);
    }
    match(
      printed,
      new RegExp(`at http://127\\.0\\.0\\.1:${port}, the socket handed over; HOST and PORT do not count\\n`),
    );
  });

  test('counts, and HOST and PORT do not', async () => {
    await using service = new Supervised({ imagePath: boxes.root, env: { HOST: '192.0.2.1', PORT: '1' } });
    const [port] = await service.until('port', 1);
    equal(await (await fetch(`http://127.0.0.1:${port}/list`)).text(), 'box/box-pi\n');
  });

  test('is not handed on to programs that are started from here, nor are the variables', async () => {
    // What the command starts is systemd-notify: here, after it wrote down what it was started with.
    const tools = requireTools('bash', 'systemd-notify');
    const seen = boxes.beside('seen');
    await mkdir(boxes.beside('bin'), { recursive: true });
    await writeFile(
      boxes.beside('bin', 'systemd-notify'),
      `#!${tools.bash}\n{ readlink /proc/$$/fd/* | grep socket: ; compgen -e; } >> ${seen}\nexec ${tools['systemd-notify']} "$@"\n`,
      { mode: 0o755 },
    );
    const env = { PATH: [boxes.beside('bin'), process.env.PATH].join(path.delimiter), WATCHDOG_USEC: '60000000' };
    await using service = new Supervised({ imagePath: boxes.root, env });
    await service.until('message', /READY=1/);
    const [pid] = service.all('pid');
    const handedOver = await readlink(`/proc/${pid}/fd/3`);
    match(handedOver, /^socket:/);
    const lines = (await readFile(seen, 'utf8')).trim().split('\n');
    equal(lines.includes('NOTIFY_SOCKET'), true);
    equal(lines.includes(handedOver), false);
    deepEqual(
      lines.filter((line) => /^(LISTEN|WATCHDOG)_/.test(line)),
      [],
    );
  });

  test('must be one', async () => {
    equal(
      await complaint('tcp', 'tcp'),
      'update-server: 2 sockets were handed over (LISTEN_FDS), and one is listened on; ' +
        'leave one ListenStream= in the .socket unit',
    );
  });

  test('must be of a port', async () => {
    match(
      (await complaint('unix')) ?? '',
      /^update-server: the socket handed over is a UNIX socket, .*; hand over one/,
    );
  });

  test('must be a socket', async () => {
    match((await complaint('pipe')) ?? '', /^update-server: descriptor 3 is not a stream socket to listen on \(/);
  });

  test('is left alone where it is for another process', async () => {
    const env = { LISTEN_FDS: '1', LISTEN_PID: String(process.pid) };
    await using server = await startUpdateServer({ imagePath: boxes.root, env });
    match(server.lines()[0] ?? '', /at http:\/\/127\.0\.0\.1:\d+$/);
  });
});
