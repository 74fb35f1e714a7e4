import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { plainNameHint } from '../../src/images/plain-name.ts';

test('a name is plain when curl can send it as it is', () => {
  equal(plainNameHint('docker-box-odroid-c4-main'), undefined);
  match(plainNameHint('prüf-box-pi') ?? '', /^boards can't ask for a name with letters beyond ASCII/);
  match(plainNameHint('my box-pi') ?? '', /^boards can't ask for a name with a blank in it/);
  match(plainNameHint('box-pi-a%41') ?? '', /^boards can't ask for a name with %41 in it/);
});
