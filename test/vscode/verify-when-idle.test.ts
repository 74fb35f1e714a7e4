/** Images that are verified before any board asks for them. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type DiskContent, imageNameOf } from '../fixtures/disk-image.ts';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { status, type Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import { until } from './workbench/wait.ts';

const NOISE_BYTES = 40 * 1024 * 1024;
/** So slow that it would take a minute and a half; it is let go before. */
const BYTES_PER_SECOND = 500_000;
/** A build that comes meanwhile would be verified long before that. */
const WATCHED_MS = 6_000;
const BUILD_1 = '0123456789abcdef'.repeat(4);
const BUILD_2 = 'fedcba9876543210'.repeat(4);

const RIGHT: DiskContent = { box: 'docker-box', board: 'odroid-c4', branch: 'right', buildId: BUILD_1 };
/** Its `.img.buildID` names another build than the image itself. */
const WRONG: DiskContent = { ...RIGHT, branch: 'wrong' };
/** Comes while a board downloads another one. */
const LATE: DiskContent = { ...RIGHT, branch: 'late' };

describe('images that no board asked for', () => {
  let bench: Bench;
  let window: Window;

  before(async () => {
    bench = await setUpBench();
    await addBigImage(bench.boxes, NOISE_BYTES);
    window = await bench.open({ viewport: { width: 1280, height: 1000 } });
    await status(window, `mkbox local:${bench.port}`, 'broadcast');
    await window.workbench.openView('mkbox');
    await window.workbench.widenSideBar(560);
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  const isImage = ({ ariaLabel, description }: { ariaLabel: string; description: string }) =>
    /^image /i.test(ariaLabel) && description !== 'not built';
  /** The rows of images, once each is as is wished. */
  const images = (what: string, isAsWished: (row: { icon: string | undefined; ariaLabel: string }) => boolean) =>
    until(
      `the images ${what}`,
      async () => (await window.workbench.treeRows('Images')).filter(isImage),
      (rows) => rows.length >= 6 && rows.every(isAsWished),
    );
  const image = (content: DiskContent, what: string, isAsWished: (icon: string | undefined) => boolean = () => true) =>
    until(
      `${imageNameOf(content)} ${what}`,
      async () => (await window.workbench.treeRows('Images')).find(({ label }) => label === imageNameOf(content)),
      (row) => row !== undefined && isAsWished(row.icon),
    );

  it('have a neutral icon as long as that is not wanted', async () => {
    await images('to be neutral', ({ icon, ariaLabel }) => {
      return icon === 'unverified' && ariaLabel.endsWith('; ready, not verified yet');
    });
    await window.workbench.pictures('not-verified-yet');
  });

  it('are verified by themselves, and say so', async () => {
    await window.changeSettings({ 'mkbox.verifyWhenIdle': true });
    await images('to be verified', ({ icon, ariaLabel }) => {
      return icon === 'verified-filled' && /; ready, verified(;|$)/.test(ariaLabel);
    });
    assert.deepEqual(await window.workbench.treeRows('Requests'), []);
    await window.workbench.pictures('verified-when-idle');
  });

  it('are marked when a new build is wrong, before a board could have got it', async () => {
    await writeImageSet(path.join(bench.boxes, RIGHT.box), RIGHT);
    const { file, image: name } = await writeImageSet(path.join(bench.boxes, WRONG.box), WRONG);
    await writeFile(file('.img.buildID'), `${BUILD_2}  ${name}.img\n`);
    await image(RIGHT, 'to be verified', (icon) => icon === 'verified-filled');
    const wrong = await image(WRONG, 'to be marked', (icon) => icon === 'error');
    assert.match(wrong?.ariaLabel ?? '', /; wrong, not sent to boards: the image says that it is build 0123456/);
    assert.deepEqual(await window.workbench.notifications(), []);
    await window.workbench.pictures('wrong-when-idle');
  });

  it('wait as long as a board downloads', async () => {
    const query = 'name=docker-box&board=odroid-c4&branch=big';
    const { promise: slowUntil, resolve: hurry } = Promise.withResolvers<void>();
    const link = { port: bench.port, from: '127.0.0.2', query, buildId: BUILD_2, slowUntil };
    const download = askForUpdate({ ...link, bytesPerSecond: BYTES_PER_SECOND });
    await until(
      'the download',
      () => window.workbench.treeRows('Requests'),
      ([row]) => row?.icon === 'cloud-download',
    );
    await writeImageSet(path.join(bench.boxes, LATE.box), LATE);
    const seen: (string | undefined)[] = [];
    for (const endMs = Date.now() + WATCHED_MS; seen.length < 4 || Date.now() < endMs; ) {
      seen.push((await image(LATE, 'to be there'))?.icon);
    }
    assert.ok(
      seen.every((icon) => icon === 'unverified'),
      seen.join(),
    );
    hurry();
    assert.equal((await download).status, 200);
    await image(LATE, 'to be verified', (icon) => icon === 'verified-filled');
  });
});
