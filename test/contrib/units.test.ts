import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { controlPath, SERVICE_SOCKET } from '../../src/cli/control-path.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { DRAIN_DEADLINE_MS, INHERITED_BACKLOG, MAX_CONNECTIONS } from '../../src/server/limits.ts';
import { requireTools } from '../tools/tools.ts';

const CONTRIB = fileURLToPath(new URL('../../contrib/', import.meta.url));
const SERVICE = `${CONTRIB}mkbox-update-server.service`;
const SOCKET = `${CONTRIB}mkbox-update-server.socket`;

/** On systemd's scale from 0 to 10, what a unit may be exposed to in tenths: `--threshold=` of systemd-analyze(1). */
const MOST_EXPOSURE_TENTHS = 10;

function analyze(...args: string[]) {
  const tools = requireTools('systemd-analyze');
  return spawnSync(tools['systemd-analyze'], ['--no-pager', ...args], { encoding: 'utf8', timeout: 240_000 });
}

/** The values of a unit's setting, as they stand there. */
async function setting(unit: string, name: string): Promise<string[]> {
  const lines = (await readFile(unit, 'utf8')).split('\n');
  return lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
}

suite('the units for systemd', () => {
  test('hold nothing that systemd does not understand', () => {
    const { status, stdout, stderr } = analyze('verify', '--man=no', SOCKET, SERVICE);
    deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  });

  test('leave the service little to break', () => {
    const { status, stdout } = analyze('security', '--offline=true', `--threshold=${MOST_EXPOSURE_TENTHS}`, SERVICE);
    match(stdout, /Overall exposure level for mkbox-update-server\.service: 0\.\d SAFE/);
    equal(status, 0);
  });

  test('give the service the time, the descriptors and the queue that it counts on', async () => {
    const [stop] = await setting(SERVICE, 'TimeoutStopSec');
    equal(Number(stop) * 1000 > DRAIN_DEADLINE_MS, true);
    const [descriptors] = await setting(SERVICE, 'LimitNOFILE');
    equal(Number(descriptors) > 2 * MAX_CONNECTIONS, true);
    deepEqual(await setting(SOCKET, 'Backlog'), [String(INHERITED_BACKLOG)]);
  });

  test('have the service wait for the right time: a clock that is set later makes boards look silent', async () => {
    for (const name of ['Wants', 'After']) {
      const units = (await setting(SERVICE, name)).flatMap((line) => line.split(' '));
      equal(units.includes('time-sync.target'), true, name);
    }
  });

  test('never give up, which would close the socket: boards wait while a setting is corrected', async () => {
    deepEqual(await setting(SERVICE, 'StartLimitIntervalSec'), ['0']);
    deepEqual(await setting(SERVICE, 'Restart'), ['on-failure']);
  });

  test('leave a place for the control socket, and let the service listen there', async () => {
    const [name] = await setting(SERVICE, 'RuntimeDirectory');
    equal(controlPath({ RUNTIME_DIRECTORY: `/run/${name}`, STATE_PATH: '/var/lib/x/boards.json' }), SERVICE_SOCKET);
    deepEqual(await setting(SERVICE, 'RestrictAddressFamilies'), ['AF_UNIX']);
    for (const page of ['control.md', 'update-server.1.md']) {
      match(
        await readFile(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)), 'utf8'),
        new RegExp(SERVICE_SOCKET),
      );
    }
  });

  test('set what the command reads', async () => {
    const assignments = (await setting(SERVICE, 'Environment')).flatMap((line) => line.split(' '));
    const environment = Object.fromEntries(assignments.map((assignment) => assignment.split('=')));
    const { imagePath, statePath } = readEnvironment(environment);
    // systemd.exec(5): with a hyphen, the service starts where the folder is missing, too
    deepEqual([`-${imagePath}`], await setting(SERVICE, 'ReadOnlyPaths'));
    deepEqual([statePath?.split('/').slice(0, 2).join('/')], [`%S/${(await setting(SERVICE, 'StateDirectory'))[0]}`]);
  });
});
