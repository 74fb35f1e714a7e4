import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { BUILD_A, makeBoxes, writeSet } from '../images/image-sets.ts';
import { noise } from '../server/harness.ts';
import { beforeLong } from '../until.ts';
import { askSlowly } from './slow-client.ts';
import { Supervised } from './supervised.ts';

const RESTARTS = 10;
const BOARDS = 12;
/** More than Node's own queue takes, which is 511. */
const WAITING_BOARDS = 700;
const BOARD_TIMEOUT_MS = 60_000;
const SMALL_BYTES = 300_000;
const BIG_BYTES = 30_000_000;

/** Asks as curl does, on a connection of its own, and answers with all that came, once the server has ended it. */
function askOnce(port: number, target: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(BOARD_TIMEOUT_MS, () => socket.destroy(new Error(`no answer to ${target}`)));
    socket.once('connect', () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
    socket.once('close', () => resolve(Buffer.concat(chunks)));
  });
}

/** Status line and body, in a form in which equal answers are equal. */
function essence(answer: Buffer): { status: string; body: Buffer } {
  const head = answer.indexOf('\r\n\r\n');
  return { status: answer.subarray(0, answer.indexOf('\r\n')).toString(), body: answer.subarray(head + 4) };
}

suite('update-server whose socket is held by a supervisor', () => {
  test(`is restarted ${RESTARTS} times, and refuses not one of the boards that ask meanwhile`, async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi', { payload: noise(SMALL_BYTES) });
    await using service = new Supervised({ imagePath: boxes.root });
    const [port = 0] = await service.until('port', 1);
    const targets = ['/update?name=box&board=pi', `/update?name=box&board=pi&build_id=${BUILD_A}`, '/list'];
    const right = new Map<string, ReturnType<typeof essence>>();
    for (const target of targets) {
      right.set(target, essence(await askOnce(port, target)));
      equal(right.get(target)?.status, 'HTTP/1.1 200 OK');
    }
    let answered = 0;
    let isOver = false;
    const board = async (number: number) => {
      for (let round = number; !isOver; round++) {
        const target = targets[round % targets.length] ?? '';
        const got = essence(await askOnce(port, target));
        deepEqual(got, right.get(target), `${target}: ${got.status}, ${got.body.length} bytes`);
        answered++;
      }
    };
    const boards = Promise.all(Array.from({ length: BOARDS }, (_, number) => board(number)));
    const restarts = (async () => {
      for (let count = 1; count <= RESTARTS; count++) {
        const before = answered;
        while (answered < before + BOARDS && !isOver) await pause(5); // the process is in the midst of it
        service.restart();
        await service.until('pid', count + 1);
      }
    })();
    await Promise.race([boards, restarts]).finally(() => {
      isOver = true;
    });
    await Promise.all([boards, restarts]);
    deepEqual(
      service.all('status'),
      Array.from({ length: RESTARTS }, () => 0),
    );
    equal(answered >= RESTARTS * BOARDS, true);
  });

  test('leaves room in its queue for all boards that ask at once, which it does not accept yet', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await using service = new Supervised({ imagePath: boxes.root });
    const [port = 0] = await service.until('port', 1);
    await service.until('line', / serving /);
    const [pid = 0] = await service.until('pid', 1);
    process.kill(pid, 'SIGSTOP');
    const signal = beforeLong();
    const waiting = Array.from({ length: WAITING_BOARDS }, () => connect(port, '127.0.0.1'));
    try {
      await Promise.all(waiting.map((socket) => once(socket, 'connect', { signal })));
    } finally {
      for (const socket of waiting) socket.destroy();
    }
  });

  test('finishes a download that runs, before the next process begins', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi', { payload: noise(BIG_BYTES) });
    await using service = new Supervised({ imagePath: boxes.root });
    const [port = 0] = await service.until('port', 1);
    using client = await askSlowly(`http://127.0.0.1:${port}`, '/update/box/box-pi');
    service.restart();
    await service.until('line', /SIGTERM: finishing 1 running requests/);
    const waiting = askOnce(port, '/list'); // in the socket's queue, until somebody accepts
    equal((await client.readBody()) > BIG_BYTES, true);
    equal(essence(await waiting).body.toString(), 'box/box-pi\n');
    await service.until('pid', 2);
    deepEqual(service.all('status'), [0]);
  });
});
