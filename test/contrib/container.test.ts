import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { readEnvironment } from '../../src/cli/environment.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { makeBoxes } from '../images/image-sets.ts';

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

  test('has a health check that finds a server that serves, and one that does not', async () => {
    const [check = ''] = await argumentsOf('HEALTHCHECK');
    const [program, ...args] = JSON.parse(check.slice(check.indexOf('CMD ') + 4));
    equal(program, 'node');
    await using boxes = await makeBoxes();
    const server = await startUpdateServer({ imagePath: boxes.root });
    const isHealthy = () => spawnSync(process.execPath, args, { env: { PORT: new URL(server.url).port } }).status;
    equal(isHealthy(), 0);
    await server.stop();
    equal(isHealthy(), 1);
  });
});
