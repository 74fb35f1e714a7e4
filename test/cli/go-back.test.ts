import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, it } from 'node:test';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { type Bench, makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { runCommand } from './run-command.ts';

/** A hundred boards, by their addresses, with what each runs. */
class Fleet {
  readonly running = new Map(Array.from({ length: 100 }, (_, at) => [`127.0.1.${at + 2}`, BUILD_A]));

  /** Every board boots once, a few at a time, and runs what it gets; the last one that got something fails, if one `fails`. */
  async round({ url }: RunningServer, fails = false): Promise<void> {
    const flashed: string[] = [];
    const waiting = [...this.running];
    const bootAll = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (await getsImage(url, ...next)) flashed.push(next[0]);
      }
    };
    await Promise.all(Array.from({ length: 4 }, bootAll));
    if (fails) flashed.pop();
    const { boards } = (await (await fetch(`${url}/status`)).json()) as { boards: Listed[] };
    for (const { address, history } of boards) {
      const [given] = history;
      if (given !== undefined && flashed.includes(address)) this.running.set(address, given.build);
    }
  }

  count(build: string): number {
    return [...this.running.values()].filter((one) => one === build).length;
  }
}

/** What is listed of a board. */
interface Listed {
  readonly address: string;
  readonly history: readonly { readonly build: string }[];
}

/** Boots a board; answers whether an image came. */
async function getsImage(url: string, localAddress: string, build: string): Promise<boolean> {
  const asked = request(`${url}/update?name=box&board=pi&build_id=${build}`, { localAddress }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer.setEncoding('latin1')) body += chunk;
  return body.includes('box-pi.img.zst');
}

/** A server that has build B, and keeps A; each one goes on with what the one before left. */
async function site(bench: Bench) {
  assert.equal(await (await bench.open()).keep(await bench.build(BUILD_A)), 'kept');
  await bench.build(BUILD_B);
  const env = { STATE_PATH: bench.boxes.beside('boards.json'), KEEP_PATH: bench.folder };
  return {
    start: () => startUpdateServer({ imagePath: bench.boxes.root, env }),
    async rollout(...args: string[]): Promise<string> {
      const { status, stdout, stderr } = await runCommand(['rollout', ...args], env);
      assert.deepEqual([status, stderr], [0, '']);
      return stdout;
    },
  };
}

describe('a hundred boards', () => {
  it('go back, those that took the bad build, too, and a restart in between changes nothing', async () => {
    await using bench = await makeBench();
    const { start, rollout } = await site(bench);
    const fleet = new Fleet();
    {
      await using server = await start();
      await rollout('box-pi', 'start', '--stages', '1,10%,all');
      await fleet.round(server);
      assert.equal(fleet.count(BUILD_B), 1);
    }
    {
      await using server = await start();
      await fleet.round(server, true);
      assert.equal(fleet.count(BUILD_B), 9, 'ten got it, and one of them failed');
    }
    {
      await using server = await start();
      await fleet.round(server, true);
      assert.equal(fleet.count(BUILD_B), 9, 'it got it again, and failed again; the others got nothing');
      assert.match(await rollout(), /halted: a board that got it reports another/);
      await rollout('box-pi', 'back');
    }
    await using server = await start();
    for (let time = 0; time < 2; time++) {
      await fleet.round(server);
      assert.equal(fleet.count(BUILD_A), 100);
    }
  });
});
