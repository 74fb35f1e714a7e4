import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { whenWeEnd } from '../end-with-us.ts';
import { freePort } from '../free-port.ts';
import { requireTools } from '../tools/tools.ts';
import { until } from '../until.ts';

/** What a board's sshd was told to do, and by which of its addresses. */
export interface Order {
  readonly address: string;
  readonly command: string;
}

/** A real sshd on addresses of this machine, each of which stands for a board. */
export interface Sshd extends AsyncDisposable {
  readonly port: number;
  /** An ssh that reaches it: with the port, a key that opens it, and its own key among those that are known. */
  readonly ssh: string;
  /** A file of known hosts with another key for the boards than the one they have. */
  readonly otherKeys: string;
  /** What it was told so far. */
  orders(): Promise<readonly Order[]>;
}

/**
 * Starts an sshd whose boards do as real ones: `reboot` takes their end of the connection with it; anything else is run,
 * and who wants a shell is let go at the first line.
 * Nobody needs to be root: the user `root` is, to this sshd, whoever runs it.
 */
export async function startSshd(addresses: readonly string[]): Promise<Sshd> {
  const { sshd, ssh } = requireTools('sshd', 'ssh');
  const home = await mkdtemp(path.join(tmpdir(), 'mkbox-sshd-'));
  const port = await freePort();
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 }); // where it locks itself in, as root only
  for (const key of ['host', 'user', 'other']) makeKey(ssh, path.join(home, key));
  const orders = path.join(home, 'orders');
  const forced = path.join(home, 'forced');
  await writeFile(orders, '');
  await writeFile(forced, forcedCommand(orders), { mode: 0o755 });
  await writeFile(path.join(home, 'authorized'), `command="${forced}" ${await readFile(`${home}/user.pub`, 'utf8')}`);
  const users = [`root:x:${uid}:${gid}::${home}:/bin/sh`, `sshd:x:65534:65534::/nonexistent:/bin/false`, ''];
  await writeFile(path.join(home, 'passwd'), users.join('\n'));
  await writeFile(path.join(home, 'group'), `root:x:${gid}:\n`);
  await writeFile(path.join(home, 'sshd_config'), serverConfig(home, port, addresses));
  for (const [known, key] of Object.entries({ known: 'host', 'other-known': 'other' })) {
    const line = await readFile(path.join(home, `${key}.pub`), 'utf8');
    await writeFile(path.join(home, known), addresses.map((address) => `[${address}]:${port} ${line}`).join(''));
  }
  const clientConfig = path.join(home, 'ssh_config');
  await writeFile(clientConfig, configOf(home, port));
  const client = path.join(home, 'bin', 'ssh');
  await mkdir(path.dirname(client));
  await writeFile(client, `#!/bin/sh\nexec '${ssh}' -F '${clientConfig}' "$@"\n`, { mode: 0o755 });
  const [wrapper] = globSync('../{,../}{lib,usr/lib}/**/libnss_wrapper.so', { cwd: path.dirname(sshd) });
  const child = spawn(sshd, ['-D', '-e', '-f', path.join(home, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: {
      PATH: '/usr/bin:/bin',
      LD_PRELOAD: path.resolve(path.dirname(sshd), wrapper ?? 'libnss_wrapper.so'),
      NSS_WRAPPER_PASSWD: path.join(home, 'passwd'),
      NSS_WRAPPER_GROUP: path.join(home, 'group'),
    },
  });
  const kill = () => void process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  const callOff = whenWeEnd(kill);
  await untilItListens(child);
  return {
    port,
    ssh: client,
    otherKeys: path.join(home, 'other-known'),
    async orders() {
      const lines = (await readFile(orders, 'utf8')).split('\n').filter((line) => line !== '');
      return lines.map((line) => {
        const [, , address = '', , ...command] = line.split(' ');
        return { address, command: command.join(' ') };
      });
    },
    async [Symbol.asyncDispose]() {
      callOff();
      const exited = once(child, 'exit');
      kill();
      await exited;
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function makeKey(ssh: string, file: string): void {
  const keygen = path.join(path.dirname(ssh), 'ssh-keygen');
  const { status, stderr } = spawnSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ssh-keygen made no key: ${stderr}`);
}

/** A board that reboots ends the process that holds the connection, and says nothing more. */
function forcedCommand(orders: string): string {
  return `#!/bin/sh
echo "$SSH_CONNECTION $SSH_ORIGINAL_COMMAND" >> '${orders}'
case "$SSH_ORIGINAL_COMMAND" in
  reboot) kill -KILL "$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$PPID/status")" "$PPID"; sleep 1 ;;
  '') printf 'root@board:~# '; read -r _ ;;
  *) exec /bin/sh -c "$SSH_ORIGINAL_COMMAND" ;;
esac
`;
}

function serverConfig(home: string, port: number, addresses: readonly string[]): string {
  return [
    `Port ${port}`,
    ...addresses.map((address) => `ListenAddress ${address}`),
    `HostKey ${home}/host`,
    'PidFile none',
    `AuthorizedKeysFile ${home}/authorized`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    '',
  ].join('\n');
}

function configOf(home: string, port: number): string {
  return [
    `Port ${port}`,
    `IdentityFile ${home}/user`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${home}/known`,
    'GlobalKnownHostsFile none',
    '',
  ].join('\n');
}

async function untilItListens(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`sshd does not start:\n${said}`);
    return said.includes('Server listening on');
  });
}
