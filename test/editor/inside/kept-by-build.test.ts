import { equal, rejects } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { KeptByBuild } from '../../../src/editor/inside/kept-by-build.ts';

suite('what is kept of a build', () => {
  const answer = (text: string) => () => Promise.resolve(text);

  test('is read once, until there is another build or it is forgotten', async () => {
    const kept = new KeptByBuild<string>(2);
    equal(await kept.get('a', '1', answer('first')), 'first');
    equal(await kept.get('a', '1', answer('not read')), 'first');
    equal(await kept.get('a', '2', answer('second')), 'second');
    kept.forget('a');
    equal(await kept.get('a', '2', answer('again')), 'again');
  });

  test('is so much: what was read first goes', async () => {
    const kept = new KeptByBuild<string>(2);
    for (const id of ['a', 'b', 'c']) await kept.get(id, '1', answer(id));
    equal(await kept.get('b', '1', answer('not read')), 'b');
    equal(await kept.get('a', '1', answer('again')), 'again');
  });

  test('is no failure, which takes away nothing that came later', async () => {
    const kept = new KeptByBuild<string>(2);
    const { promise, reject } = Promise.withResolvers<string>();
    const failing = kept.get('a', '1', () => promise);
    equal(await kept.get('a', '2', answer('later')), 'later');
    reject(new Error('changed'));
    await rejects(failing, /changed/);
    equal(await kept.get('a', '2', answer('not read')), 'later');
    await rejects(
      kept.get('b', '1', () => Promise.reject(new Error('gone'))),
      /gone/,
    );
    equal(await kept.get('b', '1', answer('again')), 'again');
  });
});
