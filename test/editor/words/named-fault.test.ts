import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { namedFault } from '../../../src/editor/words/named-fault.ts';
import { seen } from '../boards.ts';

const { board } = seen({ kind: 'silent', sinceMs: 0 });
const named = { ...board, name: 'bench 1' };
const FAULT = { fault: { kind: 'byte' } } as const;

suite('whom a fault on purpose is for', () => {
  test('is a board by its name, else its address', () => {
    deepEqual(namedFault({ ...FAULT, client: '::ffff:192.168.1.20' }, [board, named]), { ...FAULT, client: 'bench 1' });
    deepEqual(namedFault({ ...FAULT, client: '192.168.1.20' }, [board]), { ...FAULT, client: '192.168.1.20' });
    deepEqual(namedFault({ ...FAULT, client: '10.0.0.7' }, [named]), { ...FAULT, client: '10.0.0.7' });
  });

  test('is whoever asks next, where nobody is said', () => {
    deepEqual(namedFault(FAULT, [named]), FAULT);
    equal(namedFault(undefined, [named]), undefined);
  });
});
