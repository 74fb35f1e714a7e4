import { equal, rejects, throws } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { DiskAnswers } from '../../src/images/disk-answers.ts';

/** A question that is answered when the test does so. */
function question() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { ask: () => promise, answer: resolve, fail: reject };
}

const NO_ANSWER = { code: 'ETIMEDOUT' };

suite('what is asked of a disk', () => {
  test('is passed on as it comes, at once or later', async () => {
    const answers = new DiskAnswers();
    equal(
      answers.to(() => 'known'),
      'known',
    );
    equal(await answers.to(async () => 'read'), 'read');
    await rejects(async () => answers.to(() => Promise.reject(new Error('no folder'))), /no folder/);
  });

  test('fails if it is not answered in time, and so does all else until it is, without being asked', async () => {
    const answers = new DiskAnswers(10);
    const first = question();
    await rejects(async () => answers.to(first.ask), NO_ANSWER);
    const asked: string[] = [];
    throws(() => answers.to(() => asked.push('second')), NO_ANSWER);
    equal(asked.length, 0);
    first.answer('late');
    await setImmediate();
    equal(await answers.to(async () => 'third'), 'third');
  });

  test('may fail late: a system error ends the outage, a bug is told to who asks next, and once', async () => {
    const answers = new DiskAnswers(10);
    const refused = question();
    await rejects(async () => answers.to(refused.ask), NO_ANSWER);
    refused.fail(Object.assign(new Error('gone'), { code: 'ENOTCONN' }));
    await setImmediate();
    equal(await answers.to(async () => 'there'), 'there');
    const wrong = question();
    await rejects(async () => answers.to(wrong.ask), NO_ANSWER);
    wrong.fail(new TypeError('a bug'));
    await setImmediate();
    throws(() => answers.to(() => 'anything'), TypeError);
    equal(await answers.to(async () => 'told'), 'told');
  });
});
