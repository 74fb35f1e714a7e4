import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reflash } from '../../src/boards/board-events.ts';
import { reflashLine } from '../../src/boards/reflash-text.ts';
import { buildId, makeSet } from '../server/harness.ts';
import { BUILD, OLD, startBench } from './bench.ts';

/** A bench, with the reflashes that were told of. */
async function watchedBench() {
  const bench = await startBench();
  const reflashes: Reflash[] = [];
  bench.registry.events.on('reflashing', (reflash) => reflashes.push(reflash));
  return { ...bench, reflashes };
}

describe('a board that flashes itself again and again', () => {
  it('is told of when it got a build twice in a row and still reports the old one, by the request that shows it', async () => {
    await using bench = await watchedBench();
    await bench.boot(OLD);
    await bench.boot(OLD);
    assert.equal(bench.reflashes.length, 0);
    await bench.boot(OLD);
    const [reflash, ...others] = bench.reflashes;
    assert.ok(reflash !== undefined && others.length === 0);
    const { build, times, reported } = reflash.state;
    assert.deepEqual([build, times, reported, reflash.transfer.id], [BUILD, 2, OLD, 3]);
    assert.match(
      reflashLine(reflash),
      /^the board 127\.0\.0\.1, given box\/box-pi, flashes itself at every boot: it got build \w{7} 2 times in a row and still reports/,
    );
    await bench.boot(OLD);
    assert.deepEqual([bench.reflashes[1]?.state.times, bench.reflashes[1]?.transfer.id], [3, 4]);
  });

  it('is none when it runs what it got, in the end', async () => {
    await using bench = await watchedBench();
    for (const build of [OLD, OLD, BUILD, OLD, OLD]) await bench.boot(build);
    assert.deepEqual(bench.reflashes, []);
  });

  it('is none when it got another build in between', async () => {
    await using bench = await watchedBench();
    await bench.boot(OLD);
    await bench.boot(OLD);
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 2);
    await bench.boot(buildId());
    await bench.boot(OLD);
    assert.deepEqual(bench.reflashes, []);
  });

  it('is not confused with another one behind its address', async () => {
    await using bench = await watchedBench();
    await makeSet(bench.server.boxes, 'box', 'box-c4');
    for (const board of ['pi', 'c4', 'pi', 'c4']) await bench.boot(OLD, { query: `name=box&board=${board}` });
    assert.deepEqual(bench.reflashes, []);
  });

  it('is not one whose downloads broke off, or that says nothing of its build', async () => {
    await using bench = await watchedBench();
    for (let time = 0; time < 3; time++) await bench.boot(OLD, { method: 'HEAD' });
    for (let time = 0; time < 3; time++) await bench.boot(undefined);
    await bench.boot(undefined, { headers: { range: 'bytes=0-99' } });
    assert.deepEqual(bench.reflashes, []);
  });
});
