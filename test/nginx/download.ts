import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

/** What came of a download: the whole answer, by its digest, or so much of it before it broke off. */
export type Downloaded =
  | { readonly kind: 'whole'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly sha256: string }
  | { readonly kind: 'broken'; readonly bytes: number };

/** Asks for `target` as a board does: on a connection of its own, from an address of its own. Rejects where there is no answer at all. */
export function download(
  port: number,
  target: string,
  headers: Record<string, string> = {},
  localAddress = '127.0.0.1',
): Promise<Downloaded> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: target, headers, localAddress, agent: false },
      (response) => {
        const hash = createHash('sha256');
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          hash.update(chunk);
          bytes += chunk.length;
        });
        response.on('error', () => resolve({ kind: 'broken', bytes }));
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ kind: 'whole', status, headers, sha256: hash.digest('hex') });
        });
      },
    );
    asked.on('error', reject).end();
  });
}

/** All that comes back for bytes as they are, until the connection ends. */
export async function rawAnswer(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}
