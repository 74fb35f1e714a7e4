import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { MOST_BOARDS, MOST_HISTORY } from '../../src/boards/limits.ts';
import type { Asked } from '../../src/server/decision/asked.ts';
import type { ServerEvents } from '../../src/server/server-events.ts';
import type { TransferResult } from '../../src/server/transfer.ts';
import { TransferRecord } from '../../src/server/transfer-record.ts';
import { buildId, makeSet } from '../server/harness.ts';
import { OLD, startBench } from './bench.ts';

/** A registry that watches a server without a network, for what would take long with one. */
function registryOf() {
  const events = new EventEmitter<ServerEvents>();
  const registry = new BoardRegistry();
  registry.watch({ events });
  let id = 0;
  const begin = (client: string, asked: Partial<Asked> = {}) => {
    const transfer = new TransferRecord(++id, client, 'GET', '/update');
    transfer.asked = { kind: 'update', box: 'box', board: 'pi', buildId: OLD, ...asked };
    transfer.servedBuildId = buildId();
    events.emit('asked', transfer);
    transfer.status = 200;
    transfer.totalBytes = 10_240;
    events.emit('answering', transfer);
    return transfer;
  };
  const end = (transfer: TransferRecord, result: TransferResult) => {
    transfer.end({ kind: 'finished', result });
    events.emit('finished', transfer);
  };
  return { registry, begin, end };
}

const has = (registry: BoardRegistry, wanted: string) => registry.boards.some(({ address }) => address === wanted);

describe('a flood of made-up boards', () => {
  it('pushes out the oldest that never downloaded anything, and no other', () => {
    const { registry, begin, end } = registryOf();
    end(begin('127.1.0.1'), 'up to date');
    end(begin('127.1.0.2'), 'image');
    end(begin('127.1.0.3'), 'up to date');
    end(begin('127.1.0.4'), 'up to date');
    const running = begin('127.1.0.5');
    const [, , named, held] = registry.boards;
    registry.rename(named?.id ?? '', 'mine');
    registry.hold(held?.id ?? '');
    for (let number = 0; number < MOST_BOARDS + 100; number++) {
      end(begin('127.9.9.9', { box: `made up ${number}` }), 'up to date');
    }
    assert.equal(registry.boards.length, MOST_BOARDS);
    const left = [1, 2, 3, 4, 5].filter((number) => has(registry, `127.1.0.${number}`));
    assert.deepEqual(left, [2, 3, 4, 5]);
    end(running, 'image');
    assert.equal(registry.boards.find(({ address }) => address === '127.1.0.5')?.state.kind, 'flashing');
  });

  it('of downloads pushes out those heard of longest ago, those with a name last', () => {
    const { registry, begin, end } = registryOf();
    for (const number of [1, 2, 3]) end(begin(`127.1.0.${number}`), 'image');
    registry.rename(registry.boards[0]?.id ?? '', 'mine');
    for (let number = 0; number < MOST_BOARDS - 3; number++) end(begin('127.9.9.9', { box: `${number}` }), 'image');
    end(begin('127.1.0.2'), 'up to date');
    end(begin('127.9.9.9', { box: 'one more' }), 'image');
    assert.deepEqual(
      [1, 2, 3].map((number) => has(registry, `127.1.0.${number}`)),
      [true, true, false],
    );
  });

  it('finds no room where all are being answered or held', () => {
    const { registry, begin, end } = registryOf();
    const running = Array.from({ length: MOST_BOARDS }, (_, number) => begin('127.1.0.1', { box: `${number}` }));
    end(begin('127.1.0.2'), 'image');
    assert.deepEqual([registry.boards.length, has(registry, '127.1.0.2')], [MOST_BOARDS, false]);
    for (const transfer of running) end(transfer, 'image');
    end(begin('127.1.0.2'), 'image');
    assert.deepEqual([registry.boards.length, has(registry, '127.1.0.2')], [MOST_BOARDS, true]);
  });
});

describe('what is kept of a board', () => {
  it('is as many builds as fit, the newest', async () => {
    await using bench = await startBench();
    for (let build = 1; build <= MOST_HISTORY + 2; build++) {
      await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, build + 100);
      await bench.boot(OLD);
    }
    const { history } = bench.board();
    assert.deepEqual([history.length, history[0]?.build], [MOST_HISTORY, buildId(MOST_HISTORY + 102)]);
  });

  it('is the beginning of texts that are too long', async () => {
    await using bench = await startBench();
    const long = 'x'.repeat(600);
    await bench.boot(long, { query: `name=${long}&board=${long}&branch=${long}&version=${long}` });
    const { wish, reportedBuild, state, id } = bench.board();
    assert.deepEqual(new Set([...Object.values(wish), reportedBuild].map((text) => text?.length)), new Set([200]));
    assert.ok(state.kind === 'refused' && state.refusal.kind === 'no image');
    assert.deepEqual(new Set(state.refusal.tried.map(({ length }) => length)), new Set([200]));
    bench.registry.rename(id, long);
    assert.equal(bench.board().name?.length, 200);
    await bench.boot(long, { query: `name=${long}&board=${long}` });
    assert.equal(bench.board().id, id);
  });
});
