import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judge } from '../../../src/checks/judgement.ts';
import { boardConfDetails, checkDetail, compressionDetail } from '../../../src/editor/words/check-details.ts';
import type { Check } from '../../../src/editor/words/image-health.ts';
import type { Checksums } from '../../../src/images/checksums.ts';
import { type ExaminationLike, examination } from '../examinations.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';

const SUMS = { zst: '2'.repeat(64) };
const CONF = { box: 'box', board: 'pi', buildId: 'a'.repeat(64) };
const WHEN = plainSpaces(new Date(Date.UTC(2024, 0, 3, 12)).toLocaleString('en'));

/** The check of a set with a digest of the raw image, unless told. */
function check(like: ExaminationLike, checksums: Checksums = { ...SUMS, raw: '1'.repeat(64) }): Check {
  const known = examination({ conf: CONF, rawSha256: '1'.repeat(64), ...like });
  return { examination: known, ...judge({ image: 'box-pi', buildId: CONF.buildId, checksums }, known) };
}

function checked(of: Check | undefined): string {
  return plainSpaces(checkDetail(of, PLAIN, 'en').value);
}

suite('what is told of a check', () => {
  test('is that there was none yet', () => equal(checked(undefined), 'not yet'));

  test('is when it was, and that all was checked', () => {
    equal(checked(check({})), `${WHEN}: both SHA-256 digests, zstd frames, contents`);
  });

  test('is what could not be checked, and why', () => {
    const gaps = 'the .img.sha256 has no line for the raw image';
    const found = check({}, SUMS);
    equal(checked(found), `${WHEN}: SHA-256 of the .img.zst, zstd frames, contents; not checked: ${gaps}`);
  });

  test('is no look inside where there was no room for one', () => {
    const { content, ...rest } = examination({ rawSha256: '1'.repeat(64) });
    if (content.kind === 'damaged') throw new Error('damaged');
    const known = { ...rest, content: { ...content, inside: 'ENOSPC in the temporary folder /tmp' } };
    const found = { examination: known, ...judge({ image: 'box-pi', buildId: CONF.buildId, checksums: SUMS }, known) };
    const gaps =
      'the .img.sha256 has no line for the raw image, there was no room to look inside: ENOSPC in the temporary folder /tmp';
    equal(checked(found), `${WHEN}: SHA-256 of the .img.zst, zstd frames; not checked: ${gaps}`);
  });

  test('is no more than the file itself where that is damaged', () => {
    const known = { ...examination(), content: { kind: 'damaged', damage: { problem: 'corrupt', at: 9 } } } as const;
    const found = { examination: known, ...judge({ image: 'box-pi', buildId: CONF.buildId, checksums: SUMS }, known) };
    equal(checked(found), `${WHEN}: SHA-256 of the .img.zst, zstd frames`);
    deepEqual(compressionDetail(known, PLAIN), []);
    deepEqual(boardConfDetails('box-pi', known, PLAIN), []);
  });

  test('has another icon where something is wrong', () => {
    deepEqual(
      [check({}), check({ conf: { ...CONF, buildId: 'b'.repeat(64) } })].map((it) => checkDetail(it, PLAIN, 'en').icon),
      ['verified', 'error'],
    );
  });
});

suite('how an image is compressed', () => {
  for (const [content, text] of [
    [{}, '1 zstd frame, 8 MiB window, content checksums'],
    [{ frames: 2, isChecksummed: false }, '2 zstd frames, 8 MiB window, no content checksums'],
    [{ windowBytes: 1000 }, '1 zstd frame, 1 MiB window, content checksums'],
  ] as const) {
    test(`is told: ${text}`, () => equal(compressionDetail(examination(content), PLAIN)[0]?.value, text));
  }
});

suite('what an image tells its board', () => {
  const told = (image: string, like: ExaminationLike) =>
    Object.fromEntries(boardConfDetails(image, examination(like), PLAIN).map(({ label, value }) => [label, value]));

  test('is told as far as there is something', () => {
    const facts = {
      arch: 'aarch64',
      storageDevice: '/dev/mmcblk0',
      updateServer: 'http://update.lab.home.arpa:8080',
      domain: 'lab.home.arpa',
    };
    deepEqual(told('box-pi', { conf: { ...CONF, ...facts } }), {
      Board: 'pi',
      Architecture: 'aarch64',
      'Storage device': '/dev/mmcblk0',
      'Update server': 'http://update.lab.home.arpa:8080',
      Domain: 'lab.home.arpa',
    });
    deepEqual(told('box-pi', { conf: CONF }), { Board: 'pi' });
  });

  test('is its name where it has another outside', () => {
    const conf = { ...CONF, branch: 'main', version: '1.2' };
    equal(told('box-pi-main-1.2', { conf })['Name inside'], undefined);
    equal(told('box-pi-other', { conf })['Name inside'], 'box-pi-main-1.2');
  });

  test('is nothing where there was no board.conf', () => {
    deepEqual(told('box-pi', { inside: { faults: ['no initramfs'] } }), {});
  });
});
