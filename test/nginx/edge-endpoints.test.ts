/** What is tested of the server's endpoints, again: through an edge, as `contrib/nginx-edge.conf` has it. */
import { THROUGH } from '../server/harness.ts';

process.env[THROUGH] = 'edge';
for (const name of ['endpoints', 'list', 'query-form', 'conditions', 'archive-wire', 'traversal']) {
  await import(`../server/${name}.test.ts`);
}
