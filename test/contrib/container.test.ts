import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { readEnvironment } from '../../src/cli/environment.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { WITHOUT_IPV6 } from '../ipv6.ts';
import { Authority } from '../tools/authority.ts';

const CONTAINERFILE = new URL('../../contrib/Containerfile', import.meta.url);

/** Its instructions, each on a line of its own. */
async function instructions(): Promise<string[]> {
  const lines = (await readFile(CONTAINERFILE, 'utf8')).replaceAll(/\\\n\s*/g, '').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

async function argumentsOf(instruction: string): Promise<string[]> {
  const lines = (await instructions()).filter((line) => line.startsWith(`${instruction} `));
  return lines.map((line) => line.slice(instruction.length + 1));
}

suite('the Containerfile', () => {
  test('sets what the command reads, and writes below its one volume alone', async () => {
    const assignments = (await argumentsOf('ENV')).flatMap((line) => line.split(' '));
    const settings = readEnvironment(Object.fromEntries(assignments.map((assignment) => assignment.split('='))));
    const { imagePath, statePath, checksPath, controlPath, keep } = settings;
    equal(imagePath, '/boxes');
    deepEqual(await argumentsOf('VOLUME'), ['/state']);
    for (const path of [statePath, checksPath, controlPath, keep?.folder]) match(path ?? '', /^\/state\//);
  });

  test('runs as an unprivileged user', async () => {
    const all = await instructions();
    ok(all.indexOf('USER node') > all.findIndex((line) => line.startsWith('RUN ')), 'after what only root can do');
    deepEqual(await argumentsOf('USER'), ['node']);
  });

  const listening: Record<string, Readonly<Record<string, string>>> = {
    'at all addresses, as the file has it': { HOST: '0.0.0.0' },
    'at all addresses of IPv6, too': { HOST: '::' },
    'at one address': { HOST: '127.0.0.2' },
    'at one address of IPv6': { HOST: '::1' },
    'where it does unless told': { HOST: '' },
    'for others, by another name': { ALLOW: '10.0.0.0/8', AUTH: 'lab:secret', ALLOWED_HOSTS: 'boxes.lab' },
  };
  for (const [how, env] of Object.entries(listening)) {
    const options = { skip: env.HOST?.includes(':') && WITHOUT_IPV6 };
    test(`has a health check that finds a server that listens ${how}, and one that does not`, options, async () => {
      await using boxes = await makeBoxes();
      await using server = await startUpdateServer({ imagePath: boxes.root, env });
      const itsEnv = { ...env, PORT: new URL(server.url).port };
      equal(await checkHealth(itsEnv), 0);
      await server.stop();
      equal(await checkHealth(itsEnv), 1);
    });
  }

  test('has a health check that finds a server that speaks TLS, and makes it warn of nothing', async () => {
    await using boxes = await makeBoxes();
    await using authority = await Authority.create();
    const { certPath, keyPath } = await authority.issue('server');
    for (const HOST of ['0.0.0.0', '127.0.0.2']) {
      const env = { HOST, TLS_CERT: certPath, TLS_KEY: keyPath };
      await using server = await startUpdateServer({ imagePath: boxes.root, env });
      const itsEnv = { ...env, PORT: new URL(server.url).port };
      equal(await checkHealth(itsEnv), 0);
      await server.stop();
      equal(await checkHealth(itsEnv), 1);
      doesNotMatch(server.lines().join('\n'), /no TLS connection/);
    }
  });

  test('has a health check to which an error is no health', async () => {
    const failing = createServer((_, response) => response.writeHead(503).end());
    await once(failing.listen(0, '127.0.0.1'), 'listening');
    const address = failing.address();
    equal(await checkHealth({ HOST: '127.0.0.1', PORT: typeof address === 'object' ? String(address?.port) : '' }), 1);
    await promisify(failing.close.bind(failing))();
  });
});

/** Runs the health check in a container's environment; answers its exit status. */
async function checkHealth(env: Readonly<Record<string, string>>): Promise<number | null> {
  const [check = ''] = await argumentsOf('HEALTHCHECK');
  const [program, ...args]: string[] = JSON.parse(check.slice(check.indexOf('CMD ') + 4));
  equal(program, 'node');
  const [status] = await once(spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  return status;
}
