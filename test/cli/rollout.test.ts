import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, it } from 'node:test';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { runCommand } from './run-command.ts';

const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

/** Boards that run A boot, one after another; answers which get an image. */
async function powerCycle({ url }: RunningServer): Promise<string[]> {
  const served: string[] = [];
  for (const localAddress of ADDRESSES) {
    const asked = request(`${url}/update?name=box&board=pi&build_id=${BUILD_A}`, { localAddress }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of answer.setEncoding('latin1')) body += chunk;
    if (body.includes('box-pi.img.zst')) served.push(localAddress);
  }
  return served;
}

/** A server whose boards run A, which was restarted with `ROLLOUT`, after `between`. */
async function restarted(between: 'B is published later' | 'B is published meanwhile' | 'boards are not kept') {
  const bench = await makeBench();
  const start = (env: Record<string, string>) => startUpdateServer({ imagePath: bench.boxes.root, env });
  const kept: Record<string, string> =
    between === 'boards are not kept' ? {} : { STATE_PATH: bench.boxes.beside('boards.json') };
  await bench.build(BUILD_A);
  {
    await using server = await start(kept);
    assert.deepEqual(await powerCycle(server), []);
  }
  if (between === 'B is published meanwhile') await bench.build(BUILD_B);
  const server = await start({ ...kept, ROLLOUT: '1,all' });
  if (between !== 'B is published meanwhile') await bench.build(BUILD_B);
  return {
    server,
    rollout: async () => (await runCommand(['rollout'], kept)).stdout,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}

describe('update-server rollout', () => {
  it('does nothing about a build in whose place another one came, where it is told which is meant', async () => {
    await using bench = await makeBench();
    await bench.build(BUILD_A);
    const env = { STATE_PATH: bench.boxes.beside('boards.json') };
    await using server = await startUpdateServer({ imagePath: bench.boxes.root, env: { ...env, ROLLOUT: '1,all' } });
    assert.doesNotMatch((await runCommand(['rollout'], env)).stdout, /aaaaaaa/, 'what was there at first goes nowhere');
    await bench.build(BUILD_B);
    assert.deepEqual(await powerCycle(server), [ADDRESSES[0]]);
    const finish = (...more: string[]) => runCommand(['rollout', 'box-pi', 'finish', ...more], env);
    assert.deepEqual(await finish('--build', BUILD_A.slice(0, 7)), {
      status: 1,
      stdout: '',
      stderr: 'update-server: the newest build of box/box-pi is bbbbbbb, and not "aaaaaaa": nothing was done\n',
    });
    assert.match((await runCommand(['rollout'], env)).stdout, /bbbbbbb .*stage 1 of 2/);
    const { stdout } = await finish('--build', 'bb');
    assert.equal(stdout, 'the roll-out of build bbbbbbb of box/box-pi is finished: all boards get it\n');
    assert.deepEqual(await powerCycle(server), ADDRESSES);
  });
});

describe('update-server with ROLLOUT', () => {
  for (const between of ['B is published later', 'B is published meanwhile', 'boards are not kept'] as const) {
    it(`sends the first build after its start to one board where ${between}, and none asks before`, async () => {
      await using site = await restarted(between);
      assert.deepEqual(await powerCycle(site.server), [ADDRESSES[0]]);
      if (between !== 'boards are not kept')
        assert.match(await site.rollout(), /bbbbbbb .*stage 1 of 2, 1 board so far/);
    });
  }
});
