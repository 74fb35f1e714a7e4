import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectPlainly, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { closeNotifyBytes } from '../../../src/server/sending/close-notify.ts';
import type { TlsPair } from '../../../src/server/socket/tls-pair.ts';
import { Authority } from '../../tools/authority.ts';

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

describe('what is sent to close a connection', () => {
  let authority: Authority;
  let pair: TlsPair;
  let ca: string;
  before(async () => {
    authority = await Authority.create();
    pair = await authority.pair('first');
    ca = await readFile(authority.caPath, 'utf8');
  });
  after(() => authority[Symbol.asyncDispose]());

  const kinds = [
    { maxVersion: 'TLSv1.3' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
  ] as const;
  for (const kind of kinds) {
    it(`is known of ${Object.values(kind).join(' ')}`, async () => {
      using ends = new DisposableStack();
      const own = <T extends { close(): unknown } | { destroy(): unknown }>(end: T): T =>
        ends.adopt(end, (it) => ('destroy' in it ? it.destroy() : it.close()));
      const server = own(createTlsServer(pair.secureOptions));
      const serverPort = await portOf(server);
      let bytes = 0;
      const relay = own(
        createServer((client: Socket) => {
          const onward = own(connectPlainly(serverPort, '127.0.0.1'));
          client.pipe(onward);
          onward.on('data', (chunk) => {
            bytes += chunk.length;
          });
          onward.pipe(client);
        }),
      );
      const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
      const client = own(connect({ port: await portOf(relay), host: '127.0.0.1', ca, ...kind }));
      const [socket] = await accepted;
      own(socket).write('the last of an image');
      await once(client, 'data');
      const before = bytes;
      const ended = once(client.resume(), 'end');
      socket.end();
      await ended;
      assert.equal(bytes - before, closeNotifyBytes(socket));
    });
  }

  it('is nothing without TLS', async () => {
    using ends = new DisposableStack();
    const server = ends.adopt(createServer(), (it) => it.close());
    const port = await portOf(server);
    const client = ends.adopt(connectPlainly(port, '127.0.0.1'), (it) => it.destroy());
    const [socket] = (await once(server, 'connection')) as [Socket];
    assert.equal(closeNotifyBytes(socket), 0);
    client.end();
  });
});
