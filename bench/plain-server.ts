/** The plain Node way to serve the archive given as argument, beside which ours is measured; prints its port. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , archive = ''] = process.argv;
const { size } = statSync(archive);
const empty = Buffer.alloc(10_240);

const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/x-tar');
  if (request.url === '/up-to-date') {
    response.setHeader('Content-Length', empty.length);
    response.end(empty);
    return;
  }
  response.setHeader('Content-Length', size);
  createReadStream(archive).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
});
