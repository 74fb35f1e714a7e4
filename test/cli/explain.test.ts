import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { runCommand } from './run-command.ts';

const BUILD = '1a'.repeat(32);

describe('update-server explain', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-explain-'));
    const content = { box: 'docker-box', board: 'pi', branch: 'main', buildId: BUILD };
    await writeImageSet(path.join(folder, 'docker-box'), content);
    const spoiled = await writeImageSet(path.join(folder, 'docker-box'), { ...content, branch: 'spoiled' });
    await writeFile(spoiled.file('.img.sha256'), `${'0'.repeat(64)}  ${spoiled.image}.img.zst\n`);
  });
  after(() => rm(folder, { recursive: true }));

  async function explains(request: string, status: number, ...lines: (string | RegExp)[]): Promise<void> {
    const outcome = await runCommand(['explain', request], { IMAGE_PATH: folder });
    assert.deepEqual([outcome.status, outcome.stderr], [status, '']);
    const printed = outcome.stdout.trimEnd().split('\n');
    assert.equal(printed.length, lines.length, outcome.stdout);
    for (const [index, line] of lines.entries()) {
      if (typeof line === 'string') assert.equal(printed[index], line);
      else assert.match(printed[index] ?? '', line);
    }
  }

  const TRIED = 'tried    docker-box-pi-master, docker-box-pi-main, docker-box-pi';
  const FOUND = 'found    docker-box/docker-box-pi-main';

  for (const request of [
    'http://10.0.0.1:5555/update?name=docker-box&board=pi&=branch=&version=',
    '/update?name=docker-box&board=pi',
    'name=docker-box&board=pi',
  ]) {
    it(`tells which image a board gets by ${request}`, () =>
      explains(
        request,
        0,
        'asked    box docker-box, board pi',
        TRIED,
        FOUND,
        `build    ${BUILD}`,
        /^answer {3}200: the image, in an archive of \d+ bytes$/,
      ));
  }

  it('notes that no board can ask for a name that is not plain', async () => {
    await writeImageSet(path.join(folder, 'prüf-box'), {
      box: 'prüf-box',
      board: 'pi',
      branch: 'main',
      buildId: BUILD,
    });
    await explains(
      '/update?name=pr%C3%BCf-box&board=pi',
      0,
      'asked    box prüf-box, board pi',
      'tried    prüf-box-pi-master, prüf-box-pi-main, prüf-box-pi',
      'found    prüf-box/prüf-box-pi-main',
      `build    ${BUILD}`,
      /^note {5}boards can't ask for a name with letters beyond ASCII: they don't percent-encode it; /,
      /^answer {3}200: the image/,
    );
  });

  it('takes the name of an image, too', () =>
    explains(
      '/update/docker-box/docker-box-pi-main',
      0,
      'asked    box docker-box, image docker-box-pi-main',
      'tried    docker-box-pi-main',
      FOUND,
      `build    ${BUILD}`,
      /^answer {3}200: the image/,
    ));

  it('tells that the board is up to date', () =>
    explains(
      `/update?name=docker-box&board=pi&build_id=${BUILD}`,
      0,
      `asked    box docker-box, board pi, running build ${BUILD}`,
      TRIED,
      FOUND,
      `build    ${BUILD}`,
      'answer   200: an empty archive, the board is up to date',
    ));

  it('tells why there is nothing', () =>
    explains(
      '/update?name=docker-box&board=pi&branch=feature',
      1,
      'asked    box docker-box, board pi, branch feature',
      'tried    docker-box-pi-feature',
      'answer   404: no image docker-box-pi-feature; nearest: docker-box-pi-main',
    ));

  it('tells why an image is held back', () =>
    explains(
      '/update?name=docker-box&board=pi&branch=spoiled',
      1,
      'asked    box docker-box, board pi, branch spoiled',
      'tried    docker-box-pi-spoiled',
      'found    docker-box/docker-box-pi-spoiled',
      `build    ${BUILD}`,
      /^answer {3}503: docker-box\/docker-box-pi-spoiled is not sent: .* doesn't match its \.img\.sha256/,
    ));

  it('names links behind which the image may lie', async () => {
    await using boxes = await makeBoxes();
    await symlink(folder, boxes.at('far'));
    const outcome = await runCommand(['explain', 'name=far&board=pi'], { IMAGE_PATH: boxes.root });
    assert.match(
      outcome.stdout,
      /^skipped {2}.*\/far is a link out of the image folder, to .*; FOLLOW_LINKS=true follows it$/m,
    );
    const followed = await runCommand(['explain', 'name=far&board=pi'], {
      IMAGE_PATH: boxes.root,
      FOLLOW_LINKS: 'true',
    });
    assert.doesNotMatch(followed.stdout, /^skipped/m);
  });

  it('says that images lie in the image folder itself', async () => {
    const { stdout } = await runCommand(['explain', 'name=docker-box&board=pi'], {
      IMAGE_PATH: path.join(folder, 'docker-box'),
    });
    assert.match(stdout, /^skipped {2}images lie in .*docker-box itself, .*: IMAGE_PATH must be the folder above, /m);
  });

  it('prints what steers a terminal as escapes', () =>
    explains(
      '/update?name=x%1b%5b31m%0aanswer&board=pi%c2%9b31m%e2%80%ae',
      1,
      'asked    box x\\u{1b}[31m\\u{a}answer, board pi\\u{9b}31m\\u{202e}',
      /^tried {4}x\\u\{1b\}/,
      /^answer {3}404: no image x\\u\{1b\}/,
    ));

  for (const request of ['/list', '/update/?name=docker-box&board=pi']) {
    it(`tells how to ask when that was no request for an update: ${request}`, async () => {
      const { status, stdout, stderr } = await runCommand(['explain', request], { IMAGE_PATH: folder });
      assert.deepEqual([status, stdout], [1, '']);
      assert.ok(stderr.startsWith(`update-server: "${request}" asks for no update; say it as a board does`), stderr);
    });
  }
});
