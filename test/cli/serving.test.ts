import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, suite, test } from 'node:test';
import { asNobody } from '../as-nobody.ts';
import { COMMAND } from '../board/command.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { type BoxesFolder, BUILD_A, makeBoxes, writeSet } from '../images/image-sets.ts';
import { requireTools } from '../tools/tools.ts';
import { until } from '../until.ts';

/** Of a file of checks. */
const DAMAGED = /^the image checks kept in .+ are damaged \(it is not JSON\); the file was set aside as .+\.damaged-/;

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

/** Waits until the server has printed `count` lines, and gives them without their times. */
async function linesOf(server: RunningServer, count: number): Promise<string[]> {
  await until(() => server.lines().length >= count, server.lines);
  return server.lines().map((line) => line.replace(new RegExp(`^${TIME} `), ''));
}

suite('update-server, when it starts,', () => {
  let boxes: BoxesFolder;
  before(async () => {
    boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await rm((await writeSet(boxes.root, 'led', 'led-pi')).file('.img.sha256'));
  });
  after(() => boxes[Symbol.asyncDispose]());

  test('says how many images of which folder it serves, where, and what it does not serve', async () => {
    await using server = await startUpdateServer({ imagePath: boxes.root });
    match(server.lines()[0] ?? '', new RegExp(`^${TIME} serving 1 image of `));
    deepEqual(await linesOf(server, 2), [
      `serving 1 image of ${boxes.root} at ${server.url}`,
      'not served: led/led-pi is incomplete: led-pi.img.sha256 is missing',
    ]);
    match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('has its own name among processes', { skip: process.platform !== 'linux' }, async () => {
    await using server = await startUpdateServer({ imagePath: boxes.root });
    equal(await readFile(`/proc/${server.pid}/comm`, 'utf8'), 'update-server\n');
  });

  test('names the URL of each interface when it listens on all of them', async () => {
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { HOST: '0.0.0.0' } });
    const addresses = Object.values(networkInterfaces()).flatMap((infos = []) =>
      infos.filter(({ family }) => family === 'IPv4').map(({ address }) => address),
    );
    const { port } = new URL(server.url);
    const lines = await linesOf(server, addresses.length + 1);
    deepEqual(
      lines.slice(0, addresses.length).map((line) => / at (http:.*)$/.exec(line)?.[1]),
      addresses.map((address) => `http://${address}:${port}`),
    );
    for (const address of addresses) equal((await fetch(`http://${address}:${port}/list`)).status, 200);
  });

  test('says so where it cannot keep what it found images to be', async () => {
    const CHECKS_PATH = path.join(boxes.at('box', 'box-pi.img.sha256'), 'checks.json');
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { CHECKS_PATH } });
    await (await fetch(`${server.url}/update/box/box-pi`)).bytes();
    const [, , ...lines] = await linesOf(server, 4);
    const failure = /^can't save image check results in (.+) \(E\w+\); the next start checks the images again$/;
    equal(failure.exec(lines.find((line) => failure.test(line)) ?? '')?.[1], CHECKS_PATH);
  });

  test('says so where what it found images to be is damaged', async () => {
    const CHECKS_PATH = boxes.beside('checks.json');
    await writeFile(CHECKS_PATH, 'torn');
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { CHECKS_PATH } });
    const [damaged, serving] = await linesOf(server, 2);
    match(damaged ?? '', DAMAGED);
    equal(damaged?.includes(CHECKS_PATH), true);
    match(serving ?? '', /^serving 1 image /);
  });

  test('names links that it does not follow, and where the image folder leads', async () => {
    await using linked = await makeBoxes();
    await symlink(boxes.at('box'), linked.at('far'));
    await symlink('boxes', linked.beside('current'));
    const current = linked.beside('current');
    await using server = await startUpdateServer({ imagePath: current });
    deepEqual(await linesOf(server, 2), [
      `serving 0 images of ${current}, which leads to ${linked.root}, at ${server.url}`,
      `${linked.at('far')} is a link out of the image folder, to ${boxes.at('box')}: the images in it are not served; FOLLOW_LINKS=true follows it`,
    ]);
    await using follower = await startUpdateServer({ imagePath: current, env: { FOLLOW_LINKS: 'true' } });
    equal((await fetch(`${follower.url}/list/far/`)).status, 200);
    match(await (await fetch(`${follower.url}/list/far/`)).text(), /^far\/box-pi$/m);
  });

  test('says once that the image folder was moved away, and that it is back', async () => {
    await using moved = await makeBoxes();
    await using server = await startUpdateServer({ imagePath: moved.root });
    await rename(moved.root, moved.beside('away'));
    for (let ask = 0; ask < 3; ask++) equal((await fetch(`${server.url}/update/box/box-pi`)).status, 503);
    await rename(moved.beside('away'), moved.root);
    equal((await fetch(`${server.url}/update/box/box-pi`)).status, 404);
    const lines = (await linesOf(server, 7)).filter((line) => line.startsWith(moved.root));
    deepEqual(lines, [
      `${moved.root} cannot be read (ENOENT): who asks for its images is told to ask again`,
      `${moved.root} can be read again`,
    ]);
  });

  test('says once that it cannot read a folder', { skip: process.platform === 'win32' }, async () => {
    await using closed = await makeBoxes();
    await writeSet(closed.root, 'box', 'box-pi');
    await chmod(closed.beside(), 0o755);
    await chmod(closed.at('box'), 0);
    await using server = await asNobody(() => startUpdateServer({ imagePath: closed.root }));
    equal((await fetch(`${server.url}/list`)).status, 200);
    const lines = (await linesOf(server, 3)).filter((line) => line.startsWith(closed.root));
    await chmod(closed.at('box'), 0o755);
    deepEqual(lines, [
      `${closed.at('box')} cannot be read (EACCES, permission denied): who asks for its images is told to ask again`,
    ]);
  });

  test('says that images lie in the image folder itself, where it is the one of a box', async () => {
    await using server = await startUpdateServer({ imagePath: boxes.at('box') });
    deepEqual(await linesOf(server, 2), [
      `serving 0 images of ${boxes.at('box')} at ${server.url}`,
      `images lie in ${boxes.at('box')} itself, but only those in the folders in it are served: IMAGE_PATH must be the folder above, ${boxes.root}`,
    ]);
    await using right = await startUpdateServer({ imagePath: boxes.root });
    deepEqual(
      (await linesOf(right, 2)).filter((line) => line.includes('the folder above')),
      [],
    );
  });

  test('leaves the input of the script that started it to that script', async () => {
    await using boxes = await makeBoxes();
    const { bash } = requireTools('bash');
    const script = '"$0" "$1" <&0 & while read -r line; do echo "read $line"; done; kill $!; wait';
    const child = spawn(bash, ['-c', script, process.execPath, COMMAND], {
      env: { PATH: process.env.PATH ?? '', PORT: '0', CHECKS_PATH: 'none', IMAGE_PATH: boxes.root },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    await until(() => lines.some((line) => line.includes(' serving 0 images ')));
    for (const word of ['one', 'two', 'three']) {
      child.stdin.write(`${word}\n`);
      await until(() => lines.at(-1) === `read ${word}` || child.exitCode !== null);
    }
    child.stdin.end();
    await closed;
    deepEqual(
      lines.filter((line) => line.startsWith('read ')),
      ['read one', 'read two', 'read three'],
    );
  });

  test('is content with a folder in which there is nothing yet', async () => {
    await using empty = await makeBoxes();
    await using server = await startUpdateServer({ imagePath: empty.root });
    deepEqual(await linesOf(server, 1), [`serving 0 images of ${empty.root} at ${server.url}`]);
    await writeSet(empty.root, 'box', 'box-pi');
    equal(await (await fetch(`${server.url}/list`)).text(), 'box/box-pi\n');
  });
});

suite('update-server has a line in its log', () => {
  let boxes: BoxesFolder;
  let server: RunningServer;
  before(async () => {
    boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-main');
    await rm((await writeSet(boxes.root, 'led', 'led-pi')).file('.img.zst'));
    server = await startUpdateServer({ imagePath: boxes.root, env: { ALLOWED_HOSTS: 'updates.example.org' } });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await boxes[Symbol.asyncDispose]();
  });

  /** The line about a request for `target`, its duration left out. */
  async function logged(target: string, init: RequestInit = {}): Promise<string | undefined> {
    const before = server.lines().length;
    await (await fetch(`${server.url}${target}`, init)).bytes();
    const lines = await linesOf(server, before + 1);
    return lines[before]?.replace(/ \d+ ms /, ' _ ms ');
  }

  const QUERY = '/update?name=box&board=pi';
  const cases: readonly [what: string, target: string, line: string][] = [
    ['for an update', QUERY, '200 10240 B _ ms box/box-pi-main: sent'],
    [
      'for a board that is up to date, with the reason',
      `${QUERY}&build_id=${BUILD_A}`,
      '200 10240 B _ ms box/box-pi-main: up to date',
    ],
    [
      'for an image that is not there, with what was tried and what is nearest',
      `${QUERY}&branch=mian`,
      '404 47 B _ ms -: no image box-pi-mian; nearest: box-pi-main',
    ],
    [
      'for an image that is not there by its name, with its folder',
      '/update/led/led-py',
      '404 54 B _ ms -: no image led-py in led; nearest: box-pi-main',
    ],
    [
      'for an incomplete image, with what is wrong',
      '/update/led/led-pi',
      '404 47 B _ ms led/led-pi: led/led-pi is incomplete: led-pi.img.zst is missing',
    ],
    ['for a list', '/list/box', '200 16 B _ ms -: listed'],
  ];
  for (const [what, target, line] of cases) {
    test(what, async () => {
      const seen = (await logged(target)) ?? '';
      equal(seen.replace(/ \d+ B /, ' _ B '), `127.0.0.1 "GET ${target}" ${line.replace(/ \d+ B /, ' _ B ')}`);
    });
  }

  test('for a request that is turned away', async () => {
    match((await logged('/list', { method: 'POST' })) ?? '', /^127\.0\.0\.1 "POST \/list" 405 \d+ B _ ms -: /);
  });
});
