import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { type Outcome, runCommand } from './run-command.ts';

const BUILD = '1a'.repeat(32);

describe('update-server verify', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-verify-'));
    await writeImageSet(path.join(folder, 'right'), { box: 'right', board: 'pi', buildId: BUILD });
    const wrong = await writeImageSet(path.join(folder, 'wrong'), { box: 'wrong', board: 'pi', buildId: BUILD });
    await writeFile(wrong.file('.img.buildID'), `${'2b'.repeat(32)}  wrong-pi.img\n`);
    const torn = await writeImageSet(path.join(folder, 'torn'), { box: 'torn', board: 'pi', buildId: BUILD });
    await rm(torn.file('.img.sha256'));
  });
  after(() => rm(folder, { recursive: true }));

  const verify = (...args: string[]): Promise<Outcome> => runCommand(['verify', ...args], { IMAGE_PATH: folder });

  it('has a line for each check of an image that is right, and succeeds', async () => {
    const { status, stdout, stderr } = await verify('right');
    assert.deepEqual([status, stderr], [0, '']);
    const [id, ...lines] = stdout.trimEnd().split('\n');
    assert.equal(id, 'right/right-pi');
    const expected = [
      /^ {2}right {4}SHA-256 of the \.img\.zst: [0-9a-f]{64}$/,
      /^ {2}right {4}zstd: 1 frame, with checksums, a board needs \d+ MiB$/,
      /^ {2}right {4}SHA-256 of the raw image: [0-9a-f]{64}$/,
      /^ {2}right {4}raw image: (\d+) bytes, its partitions end at \1$/,
      /^ {2}right {4}boot files: initramfs, with board\.conf in it$/,
      /^ {2}right {4}root file system: ext$/,
      new RegExp(`^ {2}right {4}build ID inside: ${BUILD}$`),
      /^ {2}right {4}box inside: right$/,
      /^ {2}right {4}board inside: pi$/,
    ];
    assert.equal(lines.length, expected.length);
    for (const [index, pattern] of expected.entries()) assert.match(lines[index] ?? '', pattern);
  });

  it('says where it looked, and where images are looked for, when there are none', async () => {
    const above = path.join(folder, 'above');
    await mkdir(path.join(above, 'boxes', 'box'), { recursive: true });
    const { status, stderr } = await runCommand(['verify'], { IMAGE_PATH: above });
    await rm(above, { recursive: true });
    const text = `there is no image in the folders in ${above}: IMAGE_PATH names the one that has the boxes' folders`;
    assert.deepEqual([status, stderr], [1, `update-server: ${text}\n`]);
  });

  it('fails when one of all images is not right, and says what is wrong with which', async () => {
    const { status, stdout } = await verify();
    assert.equal(status, 1);
    assert.match(stdout, /^right\/right-pi$/m);
    assert.match(stdout, /^torn\/torn-pi\n {2}WRONG {4}torn-pi\.img\.sha256 is missing$/m);
    assert.match(stdout, /^ {2}WRONG {4}the image says that it is build 1a1a.*2b2b.*flash it again at every boot$/m);
  });

  it('notes that no board can ask for a name that is not plain', async () => {
    await writeImageSet(path.join(folder, 'prüf'), { box: 'prüf', board: 'pi', buildId: BUILD });
    const { status, stdout } = await verify('prüf');
    assert.equal(status, 0);
    assert.match(
      stdout,
      /\n {2}note {5}boards can't ask for a name with letters beyond ASCII: they don't percent-encode it; /,
    );
    await rm(path.join(folder, 'prüf'), { recursive: true });
  });

  it('says so where it cannot keep what it found images to be, and succeeds', async () => {
    const CHECKS_PATH = path.join(folder, 'right', 'right-pi.img.sha256', 'checks.json');
    const { status, stdout, stderr } = await runCommand(['verify', 'right'], { IMAGE_PATH: folder, CHECKS_PATH });
    assert.equal(status, 0);
    assert.match(stdout, /^right\/right-pi$/m);
    const [text, code] = stderr.split(/(?<=\()(E[A-Z]+)(?=\))/);
    assert.match(code ?? '', /^E/, stderr);
    assert.equal(text, `can't save image check results in ${CHECKS_PATH} (`);
    assert.match(stderr, /\); the next start checks the images again\n$/);
  });

  it('fails when no image has that name', async () => {
    const { status, stdout, stderr } = await verify('nothing');
    assert.deepEqual([status, stdout, stderr], [1, '', 'update-server: no image is named like nothing\n']);
  });

  it('says that images lie in the image folder itself, where there is none to verify', async () => {
    for (const name of [[], ['right']]) {
      const { status, stdout } = await runCommand(['verify', ...name], { IMAGE_PATH: path.join(folder, 'right') });
      assert.equal(status, 1);
      assert.match(stdout, /^skipped {2}images lie in .* itself, .*: IMAGE_PATH must be the folder above, /);
    }
  });

  it('says so on standard error where what was known of images is damaged', async () => {
    const CHECKS_PATH = path.join(folder, 'checks.json');
    await writeFile(CHECKS_PATH, 'torn');
    const { status, stderr } = await runCommand(['verify', 'right'], { IMAGE_PATH: folder, CHECKS_PATH });
    assert.equal(status, 0);
    assert.match(
      stderr,
      /^the image checks kept in .+ are damaged \(it is not JSON\); .+\.damaged-.+ checked again\n$/,
    );
  });

  it('calls the boot files right only where they are', async () => {
    const bare = { box: 'bare', board: 'pi', buildId: BUILD, initramfs: null };
    await writeImageSet(path.join(folder, 'bare'), bare);
    const { stdout } = await verify('bare');
    assert.match(stdout, /^ {2}WRONG {4}/m);
    assert.match(stdout, /^ {2}right {4}root file system: ext$/m);
    assert.doesNotMatch(stdout, /boot files/);
    await rm(path.join(folder, 'bare'), { recursive: true });
  });

  it('names links that it does not follow, and verifies behind those that it does', async () => {
    const link = path.join(folder, 'far');
    const other = await mkdtemp(path.join(tmpdir(), 'mkbox-verify-'));
    await writeImageSet(other, { box: 'far', board: 'pi', buildId: BUILD });
    await symlink(other, link);
    const { status, stdout } = await verify('right');
    assert.equal(status, 0);
    assert.ok(stdout.startsWith(`skipped  ${link} is a link out of the image folder, to ${other}: `), stdout);
    const followed = await runCommand(['verify', 'far'], { IMAGE_PATH: folder, FOLLOW_LINKS: 'true' });
    assert.match(followed.stdout, /^far\/far-pi\n {2}right/);
    await rm(link);
    await rm(other, { recursive: true });
  });

  it('notes what a board asks for that runs a renamed image', async () => {
    const renamed = await writeImageSet(path.join(folder, 'renamed'), { box: 'renamed', board: 'pi', buildId: BUILD });
    for (const suffix of ['.img.zst', '.img.sha256', '.img.buildID']) {
      await rename(renamed.file(suffix), path.join(folder, 'renamed', `renamed-pi-big${suffix}`));
    }
    const sums = `${renamed.zstSha256}  renamed-pi-big.img.zst\n`;
    await writeFile(path.join(folder, 'renamed', 'renamed-pi-big.img.sha256'), sums);
    const { status, stdout } = await verify('renamed');
    assert.equal(status, 0);
    assert.match(stdout, /^ {2}note {5}board\.conf says renamed-pi: a board that runs the image asks for that next$/m);
    await rm(path.join(folder, 'renamed'), { recursive: true });
  });

  it('prints what steers a terminal as escapes', async () => {
    const boardConf = `imgname="right\u001b[2J\u009b31m"\nboard="pi"\nbuildID="${BUILD}"\n`;
    await writeImageSet(path.join(folder, 'painted'), { box: 'painted', board: 'pi', buildId: BUILD, boardConf });
    const { stdout } = await verify('painted');
    assert.match(stdout, /built for the box right\\u\{1b\}\[2J\\u\{9b\}31m/);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{C}/u);
    await rm(path.join(folder, 'painted'), { recursive: true });
  });

  it('looks inside without a temporary folder, too', async () => {
    const env = { IMAGE_PATH: folder, TMPDIR: path.join(folder, 'nowhere') };
    const { status, stdout } = await runCommand(['verify', 'wrong'], env);
    assert.match(stdout, /^ {2}WRONG {4}the image says that it is build 1a1a/m);
    assert.equal(status, 1);
  });

  it('keeps what it found out for the next start, where it is told to', async () => {
    const checks = path.join(folder, 'kept', 'checks.json');
    const { status } = await runCommand(['verify', 'right'], { IMAGE_PATH: folder, CHECKS_PATH: checks });
    assert.equal(status, 0);
    assert.match(await readFile(checks, 'utf8'), new RegExp(`"zstSha256":"[0-9a-f]{64}".*${BUILD}`));
  });
});
