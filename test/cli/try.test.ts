import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, suite, test } from 'node:test';
import { shortBuildId } from '../../src/images/build-id.ts';
import { COMMAND } from '../board/command.ts';
import { buildId, makeSet, startServer, type TestServer } from '../server/harness.ts';
import { Authority } from '../tools/authority.ts';
import { serveAs } from '../trial/servers.ts';
import { runCommand } from './run-command.ts';

suite('update-server try', () => {
  let site: TestServer;

  before(async () => {
    site = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi'));
  });
  after(() => site[Symbol.asyncDispose]());

  test('tells each step with its time, and what a board would run, of the server that runs here', async () => {
    const { status, stdout, stderr } = await runCommand(['try', 'name=box&board=pi'], { PORT: new URL(site.url).port });
    deepEqual([status, stderr], [0, '']);
    const lines = stdout.trimEnd().split('\n');
    equal(lines.at(-1), `A board would now run build ${shortBuildId(buildId())}`);
    for (const line of lines.slice(0, -1)) match(line, /^ +\d+\.\d\d s {2}\S/);
    match(stdout, /^.* s {2}inside: box box, board pi, build \w{7}$/m);
  });

  test('asks the server that runs here where HOST says that it listens', async () => {
    await using elsewhere = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi'), { host: '127.0.0.2' });
    const env = { HOST: '127.0.0.2', PORT: String(elsewhere.server.address.port) };
    const { status, stderr } = await runCommand(['try', 'name=box&board=pi'], env);
    deepEqual([status, stderr], [0, '']);
  });

  test('ends with 1 where a board would fail, and with 2 where nothing can be tried', async () => {
    const failed = await runCommand(['try', 'name=box&board=none', '--at', site.url], {});
    equal(failed.status, 1);
    match(failed.stdout, /^A board would boot on with what it has: the server answered 404: /m);
    const trouble = await runCommand(['try', 'name=box&board=pi', '--at', 'http://127.0.0.1:1'], {});
    equal(trouble.status, 2);
    match(trouble.stderr, /^update-server: http:\/\/127\.0\.0\.1:1 can't be asked: /);
  });

  test('says how to have it know the root of a certificate', async () => {
    await using authority = await Authority.create();
    await using secure = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi'), {
      tls: await authority.pair('first'),
    });
    const server = `https://localhost:${secure.server.address.port}`;
    const args = ['try', 'name=box&board=pi', '--at', server];
    const { status, stderr } = await runCommand(args, {});
    const remedy = 'NODE_EXTRA_CA_CERTS can name a file with the root that signed it';
    match(stderr, new RegExp(`^update-server: ${server} can't be asked: [^;]+; ${remedy}\\n$`));
    equal(status, 2);
    equal((await runCommand(args, { NODE_EXTRA_CA_CERTS: authority.caPath })).status, 0);
  });

  test('prints JSON', async () => {
    const { status, stdout } = await runCommand(['try', `${site.url}/update?name=box&board=pi`, '--json'], {});
    equal(status, 0);
    const { steps, end } = JSON.parse(stdout);
    deepEqual(end, { kind: 'flash', box: 'box', board: 'pi', build: buildId() });
    deepEqual([steps[0].kind, steps.at(-1).kind], ['asked', 'asked again']);
  });

  test('stops at an interrupt', async () => {
    const asked = Promise.withResolvers<void>();
    await using silent = await serveAs(() => asked.resolve());
    const child = spawn(process.execPath, [COMMAND, 'try', 'name=box&board=pi', '--at', silent.url], {
      stdio: 'ignore',
    });
    await asked.promise;
    child.kill('SIGINT');
    deepEqual(await once(child, 'close'), [2, null]);
  });
});
