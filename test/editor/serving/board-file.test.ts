import { equal, notEqual } from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { boardFile } from '../../../src/editor/serving/board-file.ts';

suite('the file that keeps the boards of a workspace', () => {
  test('is one for each workspace, and the same at each start', () => {
    const one = boardFile('/global', ['file:///lab']);
    equal(one, boardFile('/global', ['file:///lab']));
    notEqual(one, boardFile('/global', ['file:///lab2']));
    notEqual(boardFile('/global', ['file:///a', 'file:///b']), boardFile('/global', ['file:///a']));
    equal(path.dirname(one ?? ''), path.join('/global', 'boards'));
    equal(/^[0-9a-f]{32}\.json$/.test(path.basename(one ?? '')), true);
  });

  test('is none for a window without a workspace', () => equal(boardFile('/global', []), undefined));
});
