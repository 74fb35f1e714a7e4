import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { askControl, orderByControl } from '../../src/control/control-client.ts';
import { type ControlParts, ControlServer } from '../../src/control/control-server.ts';
import type { Order } from '../../src/control/order.ts';
import { UserError } from '../../src/errors.ts';
import { asNobody } from '../as-nobody.ts';

/** Of Debian's passwd(5): nogroup. */
const NO_GROUP = 65534;

const HOLD: Order = { act: 'hold', boards: ['127.0.0.9'] };

/** A place for a socket, and a server at it that notes what it was told. */
async function place() {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-control-'));
  const socket = path.join(folder, 'control.sock');
  const orders: unknown[] = [];
  const messages: string[] = [];
  const parts: ControlParts = {
    status: async () => ({ format: 1 }),
    log: () => [{ act: 'hold' }],
    rollOuts: () => [],
    carryOut: async (order, by) => {
      orders.push([order, by]);
      return ['done'];
    },
    onMessage: (text) => messages.push(text),
  };
  return {
    folder,
    socket,
    orders,
    messages,
    listen: (more: Partial<ControlParts> = {}) => ControlServer.listen(socket, { ...parts, ...more }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Sends a body as it is, and answers the status and what was said. */
function post(socketPath: string, body: string, target = '/v1/orders'): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: 'POST', path: target }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve([response.statusCode, text]));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('the control socket', () => {
  it('takes orders, and tells what was done and what is known', async () => {
    await using at = await place();
    const server = await at.listen();
    assert.deepEqual(await orderByControl(at.socket, HOLD, 'anna'), ['done']);
    assert.deepEqual(at.orders, [[HOLD, 'anna']]);
    assert.deepEqual(await askControl(at.socket, 'status'), { format: 1 });
    assert.deepEqual(await askControl(at.socket, 'log'), { entries: [{ act: 'hold' }] });
    assert.deepEqual(await askControl(at.socket, 'roll-outs'), { rollOuts: [] });
    await server.close();
    await assert.rejects(stat(at.socket), { code: 'ENOENT' });
  });

  it('is for its user and group only', { skip: process.platform === 'win32' }, async () => {
    await using at = await place();
    const server = await at.listen();
    assert.equal((await stat(at.socket)).mode & 0o777, 0o660);
    await server.close();
  });

  it('says that permission is denied to who is not its user or in its group', async () => {
    await using at = await place();
    const server = await at.listen();
    await chmod(at.folder, 0o755);
    // nobody keeps root's groups here, and who is not root can't be another user
    if (process.geteuid?.() === 0) await chown(at.socket, 0, NO_GROUP);
    else await chmod(at.socket, 0);
    await asNobody(async () => {
      for (const asking of [askControl(at.socket, 'status'), orderByControl(at.socket, HOLD, 'nobody')]) {
        await assert.rejects(asking, {
          name: 'UserError',
          message: `permission denied at ${at.socket}: only the user and the group of the update-server may control it`,
        });
      }
    });
    assert.deepEqual(at.orders, []);
    await server.close();
  });

  it('is taken from a process that died, and from none that lives', async () => {
    await using at = await place();
    const first = await at.listen();
    await assert.rejects(
      at.listen(),
      (error) =>
        error instanceof UserError &&
        /another process listens at .*: two servers need a STATE_PATH and a CONTROL_PATH each$/.test(error.message),
    );
    assert.deepEqual(await orderByControl(at.socket, HOLD, 'anna'), ['done']);
    await first.close();
    await writeFile(at.socket, ''); // nobody answers there
    const next = await at.listen();
    assert.deepEqual(await orderByControl(at.socket, HOLD, 'anna'), ['done']);
    await next.close();
    assert.deepEqual(at.messages, []);
  });

  it('is said to have too long a path, on both sides, and once', { skip: process.platform === 'win32' }, async () => {
    await using at = await place();
    const socket = path.join(at.folder, 'x'.repeat(120));
    const parts = { status: async () => ({}), log: () => [], rollOuts: () => [], carryOut: async () => [] };
    const message = new RegExp(
      `${socket} \\(a socket's path may have 10\\d bytes, and this has ${socket.length}: set a`,
    );
    const onMessage = (text: string) => at.messages.push(text);
    await assert.rejects(ControlServer.listen(socket, { ...parts, onMessage }), { name: 'UserError', message });
    await assert.rejects(orderByControl(socket, HOLD, 'anna'), { name: 'UserError', message });
    assert.deepEqual(at.messages, []);
  });

  it('says what is wrong with an order, and does nothing', async () => {
    await using at = await place();
    const server = await at.listen();
    for (const body of [
      '',
      '{',
      '{}',
      '{"by":"a","order":{"act":"explode"}}',
      '{"by":"a","order":{"act":"hold","boards":[]}}',
    ]) {
      const [status, text] = await post(at.socket, body);
      assert.equal(status, 400, body);
      assert.match(text, /"error":"no order: /);
    }
    const chatty = JSON.stringify({ by: 'a', order: { ...HOLD, why: 'y'.repeat(1_001) } });
    const told = { error: 'no order: order.why: more than 1000 characters' };
    assert.deepEqual(await post(at.socket, chatty), [400, `${JSON.stringify(told)}\n`]);
    assert.equal((await post(at.socket, '{}', '/v2/orders'))[0], 404);
    assert.deepEqual(await post(at.socket, ' '.repeat(5_000_000)), [413, '{"error":"more than 4194304 bytes"}\n']);
    assert.deepEqual(at.orders, []);
    await server.close();
  });

  it('takes no order from who leaves in the middle of it, which is no bug', async () => {
    await using at = await place();
    const server = await at.listen();
    const socket = connect(at.socket);
    socket.write('POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"by":');
    await once(socket, 'connect');
    await askControl(at.socket, 'status');
    socket.destroy();
    for (let times = 0; times < 3; times++) await askControl(at.socket, 'status'); // by then it has seen that
    await server.close();
    assert.deepEqual(at.messages, []);
    assert.deepEqual(at.orders, []);
  });

  it('hands on what can not be done, and keeps the stack of a bug for the log', async () => {
    await using at = await place();
    const refusing = await at.listen({ carryOut: () => Promise.reject(new UserError('no board goes by that')) });
    await assert.rejects(orderByControl(at.socket, HOLD, 'anna'), {
      name: 'UserError',
      message: 'no board goes by that',
    });
    await refusing.close();
    const broken = await at.listen({ carryOut: () => Promise.reject(new TypeError('oops')) });
    await assert.rejects(orderByControl(at.socket, HOLD, 'anna'), { name: 'UserError', message: /internal error/ });
    assert.match(at.messages.join(), /bug: TypeError: oops \| at /);
    await broken.close();
  });

  it('is said to be missing, forbidden, or none of ours, to who orders', async () => {
    await using at = await place();
    await assert.rejects(orderByControl(at.socket, HOLD, 'anna'), {
      name: 'UserError',
      message: /no update-server listens at/,
    });
    const other = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(at.socket, resolve));
    await assert.rejects(orderByControl(at.socket, HOLD, 'anna'), {
      name: 'UserError',
      message: /is no update-server/,
    });
    other.close();
  });
});
