import { match } from 'node:assert/strict';
import { test } from 'node:test';
import { skippedLinkText } from '../../src/images/skipped-text.ts';

test('a link that is not followed is told in words that say what to do', () => {
  const link = { path: '/boxes/far', target: '/mnt/far' };
  match(skippedLinkText(link), /^\/boxes\/far is a link .* to \/mnt\/far: .*; FOLLOW_LINKS=true follows it$/);
  match(skippedLinkText({ path: '/boxes/far', target: undefined }), /leads nowhere/);
});
