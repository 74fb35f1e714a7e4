import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { type Reflash, ReflashWatch, reflashText } from '../../src/boards/reflash-watch.ts';
import { buildId, makeSet, startServer, type TestServer } from '../server/harness.ts';

const OLD = buildId(7);

/** A server over one image, with the reflashes that were seen on it. */
async function watched(bytes = 1000): Promise<TestServer & { reflashes: Reflash[] }> {
  const server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', bytes));
  const watch = new ReflashWatch();
  const reflashes: Reflash[] = [];
  server.server.events.on('answering', (transfer) => {
    const reflash = watch.answering(transfer);
    if (reflash !== undefined) reflashes.push(reflash);
  });
  for (const end of ['finished', 'broken', 'refused'] as const) {
    server.server.events.on(end, (transfer) => watch.ended(transfer));
  }
  return { ...server, reflashes };
}

/** Boots a board that runs `build`: it asks, and downloads what it gets. */
async function boot(server: TestServer, build: string, query = 'name=box&board=pi'): Promise<void> {
  const ended = server.ended();
  await server.get(`/update?${query}&build_id=${build}`);
  await ended;
}

describe('a board that flashes itself again and again', () => {
  it('is noticed when it got a build twice in a row and still reports the old one', async () => {
    await using server = await watched();
    await boot(server, OLD);
    await boot(server, OLD);
    assert.equal(server.reflashes.length, 0);
    await boot(server, OLD);
    const [reflash, ...others] = server.reflashes;
    assert.deepEqual([reflash?.given, reflash?.times, reflash?.reported, others], [buildId(), 2, OLD, []]);
    await boot(server, OLD);
    assert.equal(server.reflashes[1]?.times, 3);
    const text = reflash === undefined ? '' : reflashText(reflash);
    assert.match(
      text,
      /^the board 127\.0\.0\.1 downloaded build \w{12}… of box\/box-pi 2 times in a row and still reports/,
    );
  });

  it('is none when it runs what it got, in the end', async () => {
    await using server = await watched();
    for (const build of [OLD, OLD, buildId(), OLD, OLD]) await boot(server, build);
    assert.deepEqual(server.reflashes, []);
  });

  it('is none when it got another build in between', async () => {
    await using server = await watched();
    await boot(server, OLD);
    await boot(server, OLD);
    await makeSet(server.boxes, 'box', 'box-pi', 1000, 2);
    const [first] = server.reflashes;
    await boot(server, buildId());
    await boot(server, OLD);
    assert.deepEqual([first, server.reflashes], [undefined, []]);
  });

  it('is not confused with another one behind its address', async () => {
    await using server = await watched();
    await makeSet(server.boxes, 'box', 'box-c4');
    for (const board of ['pi', 'c4', 'pi', 'c4']) await boot(server, OLD, `name=box&board=${board}`);
    assert.deepEqual(server.reflashes, []);
  });

  it('is not looked for where several share an address', async () => {
    await using server = await watched(30_000_000); // more than a connection holds
    const target = `/update?name=box&board=pi&build_id=${OLD}`;
    const first = await server.connect();
    const ended = once(server.server.events, 'broken');
    first.pause().write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(server.server.events, 'answering');
    for (let board = 0; board < 4; board++) await server.get(target);
    first.destroy();
    await ended;
    assert.deepEqual(server.reflashes, []);
  });

  it('is not one whose downloads broke off, or that says nothing of its build', async () => {
    await using server = await watched();
    for (let time = 0; time < 3; time++) await server.get('/update?name=box&board=pi', {}, 'HEAD');
    for (let time = 0; time < 3; time++) await server.get('/update?name=box&board=pi');
    await server.get('/update?name=box&board=pi', { range: 'bytes=0-99' });
    assert.deepEqual(server.reflashes, []);
  });
});
