/** What is tested of the server's endpoints, again: through nginx, as `contrib/nginx.conf` has it. */
import { THROUGH } from '../server/harness.ts';

process.env[THROUGH] = 'front';
for (const name of [
  'endpoints',
  'list',
  'query-form',
  'conditions',
  'archive-wire',
  'integrity',
  'truncation',
  'traversal',
]) {
  await import(`../server/${name}.test.ts`);
}
