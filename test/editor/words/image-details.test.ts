import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { imageDetails, unpackedDetails } from '../../../src/editor/words/image-details.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';
import { image, unpacked } from '../transfers.ts';

const IMAGE = image('box/box-pi');
const HEALTH = { kind: 'ready', verified: false } as const;
const READY = { image: IMAGE, parts: undefined, health: HEALTH, check: undefined };

function details(...[judged, rawBytes, lastServed]: Partial<Parameters<typeof imageDetails>>): Record<string, string> {
  const rows = imageDetails(judged ?? READY, rawBytes, lastServed, PLAIN, 'en');
  return Object.fromEntries(rows.map(({ label, value }) => [label, plainSpaces(value)]));
}

suite('the details of an image', () => {
  test('are all there is to tell, in full', () => {
    const { Built, ...rest } = details();
    deepEqual(rest, {
      State: 'ready, not verified yet',
      Checked: 'not yet',
      'Build ID': 'a'.repeat(64),
      Size: '63 MB',
      'SHA-256, compressed': '2'.repeat(64),
      'SHA-256, raw': '1'.repeat(64),
      Path: '/boxes/box/box-pi.img.zst',
    });
    equal(Number.isNaN(Date.parse(Built ?? '')), false);
  });

  test('have the size before compression where it is known', () => {
    equal(details(READY, 252_000_000).Size, '63 MB compressed, 252 MB raw, ratio 4');
  });

  test('leave out the raw digest where there is none', () => {
    if (IMAGE.state.kind !== 'ready') throw new Error('not ready');
    const { zst } = IMAGE.state.checksums;
    const judged = { ...READY, image: { ...IMAGE, state: { ...IMAGE.state, checksums: { zst } } } };
    equal('SHA-256, raw' in details(judged), false);
  });

  test('tell of an incomplete image its state and place', () => {
    const fault = { file: 'box-pi.img.zst', problem: 'missing' } as const;
    const judged = { ...READY, image: { ...IMAGE, state: { kind: 'incomplete', fault } as const } };
    deepEqual(details({ ...judged, health: { kind: 'incomplete', fault } }), {
      State: 'building or incomplete: box-pi.img.zst is missing',
      Path: '/boxes/box/box-pi.img.zst',
    });
  });

  test('tell that there is a newer raw image to pack, not that there is an older one', () => {
    const rawImage = (raw: 'newer' | 'older') => details({ ...READY, image: { ...IMAGE, raw } })['Raw image'];
    equal(rawImage('newer'), 'newer than the .img.zst: pack it, and boards get it');
    equal(rawImage('older'), undefined);
  });

  test('tell of a raw image without a set its state, size, age and place', () => {
    const rows = unpackedDetails(unpacked('box/box-pi'), PLAIN, 'en');
    deepEqual(
      rows.map(({ label, value }) => [label, plainSpaces(value)]),
      [
        ['State', 'not packed: boards get it once it is packed'],
        ['Size', '252 MB'],
        ['Built', plainSpaces(new Date(Date.UTC(2024, 0, 2)).toLocaleString('en'))],
        ['Path', '/boxes/box/box-pi.img'],
      ],
    );
  });

  test('tell who got it last, and when', () => {
    const served = { board: 'by the window', when: '12:00:00 AM' };
    equal(details(READY, undefined, served)['Last served to'], 'by the window at 12:00:00 AM');
  });
});
