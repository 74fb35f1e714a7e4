import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptBoard } from '../../src/boards/kept-board.ts';
import type { Refusal } from '../../src/server/refusal.ts';

const REFUSED = { kind: 'refused', sinceMs: 1, status: 404 };

/** What is read of a board that was kept in `state`. */
function readBack(state: object): unknown {
  const board = { id: 'a', address: '192.0.2.1', wish: {}, firstSeenMs: 1, lastSeenMs: 1, isHeld: false, history: [] };
  return keptBoard(JSON.parse(JSON.stringify({ ...board, state })))?.state;
}

describe('the refusal of a board that is kept', () => {
  const id = 'box/box-pi';
  const wrong = { kind: 'wrong image', id, image: 'box-pi', isSettling: false } as const;
  const incomplete = { kind: 'incomplete', id } as const;
  /** Of each kind, so that none is added without being kept. */
  const refusals: { readonly [Kind in Refusal['kind']]: readonly Extract<Refusal, { kind: Kind }>[] } = {
    request: [{ kind: 'request', fault: 'dots' }],
    'foreign host': [{ kind: 'foreign host', name: 'evil.com' }],
    'not allowed': [{ kind: 'not allowed', client: '10.0.0.7' }],
    'not proven': [{ kind: 'not proven', proof: 'absent' }],
    stopping: [{ kind: 'stopping' }],
    full: [{ kind: 'full', transfers: 4 }],
    fault: [{ kind: 'fault', status: 503 }],
    path: [{ kind: 'path' }],
    'part missing': [
      { kind: 'part missing', part: 'board' },
      { kind: 'part missing', part: 'query' },
    ],
    'no image': [
      { kind: 'no image', tried: ['box-pi-main', 'box-pi'] },
      { kind: 'no image', tried: ['box-pi'], folder: 'box', nearest: 'box-c4' },
    ],
    incomplete: [
      { ...incomplete, fault: { file: 'box-pi.img.zst', problem: 'missing' } },
      { ...incomplete, fault: { file: 'a', problem: 'no checksum', checksums: { kind: 'UTF-16' } } },
      { ...incomplete, fault: { file: 'a', problem: 'no checksum', checksums: { kind: 'capitals', line: 2 } } },
      {
        ...incomplete,
        fault: { file: 'a', problem: 'no checksum', checksums: { kind: 'digest', line: 2, digits: 63 } },
      },
      {
        ...incomplete,
        fault: {
          file: 'a',
          problem: 'no checksum',
          checksums: { kind: 'other name', line: 2, name: 'b', expected: 'c' },
        },
      },
    ],
    'wrong image': [
      { ...wrong, finding: { kind: 'digest', expected: 'a', actual: 'b' } },
      { ...wrong, finding: { kind: 'damaged', damage: { problem: 'corrupt', at: 7 } } },
      { ...wrong, finding: { kind: 'contents', fault: 'no FAT' } },
      { ...wrong, finding: { kind: 'raw size', rawBytes: 1, partitionsEnd: 2 } },
      { ...wrong, finding: { kind: 'build ID', inside: 'a', outside: 'b' } },
      { ...wrong, finding: { kind: 'board', inside: 'c4' } },
      { ...wrong, finding: { kind: 'not said', what: 'build ID' } },
      { ...wrong, finding: { kind: 'not said', what: 'build ID' }, isEarlier: true },
    ],
    'being written': [{ kind: 'being written', id }],
    unchecked: [{ kind: 'unchecked', id, code: 'EIO' }],
    'not this one': [{ kind: 'not this one', id, only: 'box/box-c4' }],
    'not this board': [{ kind: 'not this board', only: '192.0.2.7' }],
    unreadable: [
      { kind: 'unreadable', code: 'EIO' },
      { kind: 'unreadable', code: 'EIO', folder: 'box' },
    ],
    'internal error': [{ kind: 'internal error' }],
  };
  for (const refusal of Object.values(refusals).flat()) {
    it(`is read as it was: ${JSON.stringify(refusal)}`, () => {
      assert.deepEqual(readBack({ ...REFUSED, refusal }), { ...REFUSED, refusal });
    });
  }

  it('is its text, in English, where that was kept', () => {
    const refusal = { kind: 'told', text: 'no image x; nearest: y' };
    assert.deepEqual(readBack({ ...REFUSED, reason: 'no image x; nearest: y' }), { ...REFUSED, refusal });
  });

  it('that was told in English is kept so', () => {
    const refusal = { kind: 'told', text: 'no image x; nearest: y' };
    assert.deepEqual(readBack({ ...REFUSED, refusal }), { ...REFUSED, refusal });
  });

  it('is not valid with anything else in it', () => {
    for (const refusal of [
      {},
      null,
      'no image',
      { kind: 'toString' },
      { kind: 'full', transfers: -1 },
      { kind: 'no image' },
    ]) {
      assert.equal(readBack({ ...REFUSED, refusal }), undefined, JSON.stringify(refusal));
    }
  });
});
