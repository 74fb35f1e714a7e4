import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BoardState } from '../../../src/boards/board.ts';
import { boardDetails } from '../../../src/editor/words/board-details.ts';
import type { Check } from '../../../src/editor/words/image-health.ts';
import { type BoardLike, BUILD, next, OLD, seen } from '../boards.ts';
import { examination } from '../examinations.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';
import { image } from '../transfers.ts';

const UP_TO_DATE: BoardState = { kind: 'up to date', sinceMs: Date.UTC(2024, 0, 3, 12), build: OLD };

function details(like: BoardLike = {}, check?: Check): ReadonlyMap<string, string> {
  const all = boardDetails(seen(UP_TO_DATE, like), check, PLAIN, 'en');
  return new Map(all.map(({ label, value }) => [label, plainSpaces(value)]));
}

suite('the details of a board', () => {
  test('tell who it is and since when it is known', () => {
    const found = details({ mac: '00:1e:06:12:34:56' });
    deepEqual(
      [...found.keys()],
      ['State', 'Runs', 'Gets next', 'Asks for', 'Address', 'MAC address', 'First seen', 'Last seen'],
    );
    match(found.get('State') ?? '', /^up to date, since 1\/3\/2024/);
    equal(found.get('Runs'), OLD);
    equal(found.get('Asks for'), 'docker-box odroid-c4 main');
    deepEqual([found.get('Address'), found.get('MAC address')], ['192.168.1.20', '00:1e:06:12:34:56']);
    match(found.get('First seen') ?? '', /^1\/2\/2024/);
  });

  test('tell its builds, newest first, and what came of each', () => {
    const given = { image: 'docker-box/docker-box-odroid-c4-main', givenAtMs: Date.UTC(2024, 0, 2) };
    const history = [
      { ...given, build: BUILD, times: 3 },
      { ...given, build: OLD, times: 1, confirmedAtMs: Date.UTC(2024, 0, 3) },
    ];
    const builds = boardDetails(seen(UP_TO_DATE, { history }), undefined, PLAIN, 'en').filter(({ label }) =>
      label.startsWith('Build '),
    );
    deepEqual(
      builds.map(({ label, icon }) => [label, icon]),
      [
        ['Build aaaaaaa', 'circle-outline'],
        ['Build bbbbbbb', 'pass'],
      ],
    );
    match(builds[0]?.value ?? '', /^docker-box-odroid-c4-main, given 3 times, last 1\/2\/2024.*, not confirmed$/);
    match(builds[1]?.value ?? '', /^docker-box-odroid-c4-main, given 1\/2\/2024.*, confirmed 1\/3\/2024/);
  });

  test('say that it is held', () => {
    equal(details({ isHeld: true }).get('Held'), 'gets no updates until it is released');
  });
});

suite('what a board gets next', () => {
  const nextOf = (like: BoardLike, check?: Check) => details(like, check).get('Gets next');
  const BUILD_OF = 'build aaaaaaa of docker-box-odroid-c4-main';

  test('is told, and whether that is another build than it runs', () => {
    equal(nextOf({ next: next(true) }), `${BUILD_OF}: differs from its current build`);
    equal(nextOf({ next: next(false) }), `${BUILD_OF}: its current build`);
    equal(nextOf({ next: next(true), isHeld: true }), `nothing while it is held; then ${BUILD_OF}`);
  });

  test('is nothing where there is no image, or none that can be handed out', () => {
    equal(nextOf({}), 'nothing: there is no such image');
    const fault = { problem: 'missing', file: 'x.img.zst' } as const;
    const incomplete = { ...image('docker-box/x'), state: { kind: 'incomplete', fault } as const };
    equal(
      nextOf({ next: { image: incomplete, build: undefined, isOther: false } }),
      'nothing: x is incomplete: x.img.zst is missing',
    );
  });

  test('is nothing where the image is known to be wrong', () => {
    const check: Check = { examination: examination(), findings: [{ kind: 'board', inside: 'pi' }], gaps: [] };
    match(
      nextOf({ next: next(true) }, check) ?? '',
      /^nothing: docker-box-odroid-c4-main is not sent: the image was built for the board pi/,
    );
  });
});
