import { equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { savePlace } from '../../../src/editor/inside/save-place.ts';
import { ENGLISH } from '../../../src/words.ts';

test('a copy is written to a place on this machine', () => {
  equal(savePlace({ scheme: 'file', fsPath: '/home/me/motd', path: '/home/me/motd' }, ENGLISH), '/home/me/motd');
});

test('a place on the machine that the window is on is refused, though there is such a path here', () => {
  throws(() => savePlace({ scheme: 'vscode-local', fsPath: '/home/me/motd', path: '/home/me/motd' }, ENGLISH), {
    message: /^\/home\/me\/motd is on another machine than the images/,
  });
});
