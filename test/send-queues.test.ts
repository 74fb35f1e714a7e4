import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connectionKey, lookAtQueues } from '../src/send-queues.ts';
import { WITHOUT_IPV6 } from './ipv6.ts';

const ON_LINUX = { skip: process.platform !== 'linux' };

/** Both ends of a connection to this machine, by one of its addresses. */
async function connected(host: string, address = host) {
  const server = createServer({ allowHalfOpen: true }).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client = connect({ port, host: address, allowHalfOpen: true });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  for (const socket of [client, accepted]) socket.on('error', () => {}).pause();
  const dispose = () => {
    server.close();
    client.destroy();
    accepted.destroy();
  };
  return { client, accepted, [Symbol.dispose]: dispose };
}

async function queueOf(socket: Socket): Promise<number | undefined> {
  const key = connectionKey(socket);
  assert.ok(key !== undefined);
  return (await lookAtQueues(new Set([key])))?.queues.get(key)?.bytes;
}

describe("a look at the system's send queues", ON_LINUX, () => {
  for (const [host, address] of [['127.0.0.1'], ['::1'], ['::', '127.0.0.1']] as const) {
    const options = { skip: host !== '127.0.0.1' && WITHOUT_IPV6 };
    it(`tells what a client at ${address ?? host} did not acknowledge, of a server at ${host}`, options, async () => {
      using ends = await connected(host, address);
      assert.equal(await queueOf(ends.accepted), 0);
      const bytes = 8_000_000;
      ends.accepted.end(Buffer.alloc(bytes));
      const queued = await queueOf(ends.accepted);
      assert.ok(queued !== undefined && queued > 100_000 && queued < bytes, `${queued}`);
      await once(ends.client.resume(), 'end');
      while ((await queueOf(ends.accepted)) !== 0) await pause(5); // the last bytes may be acknowledged late
    });
  }

  it('tells nothing of a connection that is no more, nor of others than those asked for', async () => {
    using ends = await connected('127.0.0.1');
    const key = connectionKey(ends.accepted);
    ends.client.resetAndDestroy();
    await new Promise((resolve) => ends.accepted.once('close', resolve));
    const look = await lookAtQueues(new Set([key ?? '']));
    assert.equal(look?.queues.size, 0);
    assert.ok(look.costMs > 0);
  });

  it('is not possible by a socket that is not connected', () => {
    assert.equal(connectionKey(connect({ port: 1, host: '127.0.0.1' }).on('error', () => {})), undefined);
  });

  it('keys addresses as the kernel writes them, whatever their form', () => {
    const key = (remoteAddress: string) =>
      connectionKey({ localAddress: '::1', localPort: 8080, remoteAddress, remotePort: 255 } as Socket)?.split(' ')[1];
    assert.equal(key('fe80::1:2%eth0'), '000080FE000000000000000002000100:00FF');
    assert.equal(key('::ffff:192.0.2.1'), '0000000000000000FFFF0000010200C0:00FF');
    assert.equal(key('192.0.2.1'), '010200C0:00FF');
    assert.equal(key('2001:db8:1:2:3:4:5:6'), 'B80D0120020001000400030006000500:00FF');
  });
});
