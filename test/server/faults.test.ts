import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { FAULT_FOR_MS, Faults } from '../../src/server/faults.ts';
import { faultForm, faultOrderText, parseFaultOrder } from '../../src/server/sending/fault.ts';
import { transferLine } from '../../src/server/transfer-line.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update?name=box&board=pi';
const oneImage = (boxes: string) => makeSet(boxes, 'box', 'box-pi', 300_000);

function arm({ server }: TestServer, text: string): void {
  const order = parseFaultOrder(text);
  if (order === undefined) throw new Error(`${text} is no fault`);
  server.faults.arm(order);
}

suite('a fault on purpose', () => {
  test('is read as it is written', () => {
    for (const form of ['cut:0', 'cut:99', 'stall:50', 'slow:200', 'byte', 'checksum', 'late:30', '404', '503']) {
      const order = parseFaultOrder(`${form}@10.0.0.7`);
      deepEqual([order && faultForm(order.fault), order?.client], [form, '10.0.0.7']);
      equal(parseFaultOrder(form)?.client, undefined);
    }
  });

  for (const nonsense of [
    ...['', 'cut', 'cut:', 'cut:100', 'cut:-1', 'cut:1.5', 'cut:5x', 'cut:1:2', 'slow:0', 'slow:10000000', 'late:3601'],
    ...['byte:1', '404:1', '500', 'Byte', 'byte@', 'byte@here', 'byte@10.0.0', 'byte@10.0.0.1@10.0.0.2', '@10.0.0.1'],
  ]) {
    test(`is none: ${JSON.stringify(nonsense)}`, () => equal(parseFaultOrder(nonsense), undefined));
  }

  test('leaves the bytes and events of all other answers as they are', async () => {
    await using site = await startServer(oneImage);
    const { headers, body } = await site.get(TARGET, { connection: 'close' });
    const upToDate = await site.get(`${TARGET}&build_id=${'0'.repeat(64)}`, {}, 'HEAD');
    arm(site, 'byte');
    equal((await site.get('/list')).status, 200);
    deepEqual(
      { ...(await site.get(`${TARGET}&build_id=${'0'.repeat(64)}`, {}, 'HEAD')).headers, date: '' },
      { ...upToDate.headers, date: '' },
    );
    equal(site.server.faults.armed?.fault.kind, 'byte');
    const bad = await site.get(TARGET, { connection: 'close' });
    deepEqual({ ...bad.headers, date: '' }, { ...headers, date: '' });
    const wrong = [...body.keys()].filter((place) => body[place] !== bad.body[place]);
    equal(wrong.length, 1);
    deepEqual((await site.get(TARGET, { connection: 'close' })).body, body);
  });

  test('of the checksum changes digests, and nothing else', async () => {
    await using site = await startServer(oneImage);
    const { body } = await site.get(TARGET, { connection: 'close' });
    arm(site, 'checksum');
    const bad = await site.get(TARGET, { connection: 'close' });
    equal([...body.keys()].filter((place) => body[place] !== bad.body[place]).length, 2);
  });

  test('holds up a stop for no time', async () => {
    await using site = await startServer(oneImage);
    arm(site, 'stall:50');
    const ended = site.ended();
    const socket = await site.connect();
    socket.on('error', () => {}).write(`GET ${TARGET} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    socket.resume();
    await new Promise((resolve) => site.server.events.once('answering', resolve));
    await site.server.stop();
    match(transferLine(await ended), /: broken off .*: a fault on purpose \(fault on purpose: silent from 50 % on\)$/);
  });

  test('makes slow only until it is over', async () => {
    await using site = await startServer(oneImage);
    arm(site, 'slow:1');
    const got = site.get(TARGET, { connection: 'close' });
    await new Promise((resolve) => site.server.events.once('answering', resolve));
    site.server.faults.disarm();
    equal((await got).status, 200);
  });

  test('ends when its client leaves', async () => {
    await using site = await startServer(oneImage);
    for (const fault of ['stall:50', 'late:3600']) {
      arm(site, fault);
      const ended = site.ended();
      const socket = await site.connect();
      socket.on('error', () => {}).write(`GET ${TARGET} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
      await new Promise((resolve) => site.server.events.once('answering', resolve));
      socket.destroy();
      equal((await ended).state.kind, 'broken', fault);
    }
  });

  test('is off after its time, and holds nobody up any more', (context: TestContext) => {
    context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const faults = new Faults();
    let changes = 0;
    faults.events.on('changed', () => changes++);
    faults.arm({ fault: { kind: 'byte' }, client: '10.0.0.7' });
    equal(faults.armed?.untilMs, FAULT_FOR_MS);
    equal(faults.meet('10.0.0.8'), undefined);
    const met = faults.meet('::ffff:10.0.0.7');
    context.mock.timers.tick(FAULT_FOR_MS - 1);
    deepEqual([met?.over.aborted, faults.armed?.client], [false, '10.0.0.7']);
    context.mock.timers.tick(1);
    deepEqual([met?.over.aborted, faults.armed, faults.meet('10.0.0.7'), changes], [true, undefined, undefined, 2]);
  });

  test('that hit its one request holds that up for no longer, either', (context: TestContext) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const faults = new Faults();
    faults.arm({ fault: { kind: 'stall', percent: 50 } });
    const met = faults.meet('10.0.0.7');
    deepEqual([faults.armed, faults.meet('10.0.0.7')], [undefined, undefined]);
    equal(met?.over.aborted, false);
    context.mock.timers.tick(FAULT_FOR_MS);
    equal(met?.over.aborted, true);
  });

  test('can be for one request of one client', async () => {
    await using site = await startServer(oneImage);
    const { faults } = site.server;
    faults.arm({ fault: { kind: 'byte' }, client: '10.0.0.7', once: true });
    equal((await site.get(TARGET, { connection: 'close' })).status, 200);
    equal(faults.armed?.client, '10.0.0.7');
    faults.arm({ fault: { kind: 'status', status: 404 }, client: '127.0.0.1', once: true });
    equal((await site.get(TARGET, { connection: 'close' })).status, 404);
    equal(faults.armed, undefined);
    equal((await site.get(TARGET, { connection: 'close' })).status, 200);
  });

  test('is known as long as the one request lasts that it hit', async () => {
    await using site = await startServer(oneImage);
    const { faults } = site.server;
    const seen: (string | undefined)[] = [];
    const see = () => seen.push(faults.current && faultOrderText(faults.current));
    for (const event of ['changed', 'over'] as const) faults.events.on(event, see);
    arm(site, 'slow:1');
    const got = site.get(TARGET, { connection: 'close' });
    await new Promise((resolve) => site.server.events.once('answering', resolve));
    faults.disarm();
    equal((await got).status, 200);
    arm(site, '503');
    equal((await site.get(TARGET, { connection: 'close' })).status, 503);
    deepEqual(seen, [
      'fault on purpose for the next image: 1 kB per second',
      'fault on purpose for 127.0.0.1: 1 kB per second',
      undefined,
      'fault on purpose for the next image: answer 503',
      'fault on purpose for 127.0.0.1: answer 503',
      undefined,
    ]);
  });
});
