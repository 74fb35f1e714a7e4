import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

/** The thread of a `ThreadedSha256`: answers each piece when it is hashed, and the end with the digest. */
const hash = createHash('sha256');

parentPort?.on('message', (bytes: Uint8Array | 'end') => {
  if (bytes === 'end') parentPort?.postMessage(hash.digest('hex'));
  else parentPort?.postMessage(hash.update(bytes) && 'hashed');
});
