import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, it } from 'node:test';
import { startUpdateServer } from '../board/update-server.ts';
import { type Bench, makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B, writeSet } from '../images/image-sets.ts';
import { runCommand } from './run-command.ts';

const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;
const [FIRST, SECOND, THIRD] = ADDRESSES;
const [A, B] = [BUILD_A.slice(0, 7), BUILD_B.slice(0, 7)];

/** What is listed of a board. */
interface Listed {
  readonly address: string;
  readonly gets: string;
  readonly history: readonly { readonly build: string }[];
}

/** Three boards that run A, and a server that serves B and keeps A; all that is done to it is done by the command. */
async function fleet(bench: Bench) {
  const former = await bench.build(BUILD_A);
  assert.equal(await (await bench.open()).keep(former), 'kept');
  await bench.build(BUILD_B);
  const env = { STATE_PATH: bench.boxes.beside('boards.json'), KEEP_PATH: bench.folder };
  const server = await startUpdateServer({ imagePath: bench.boxes.root, env });
  const running = new Map<string, string>(ADDRESSES.map((address) => [address, BUILD_A]));
  const command = async (...args: string[]) => {
    const { status, stdout, stderr } = await runCommand(args, env);
    assert.deepEqual([status, stderr], [0, ''], args.join(' '));
    return stdout;
  };
  const listed = async (address: string): Promise<Listed> => {
    const boards = JSON.parse(await command('boards', '--json')) as Listed[];
    const board = boards.find((each) => each.address === address);
    assert.ok(board !== undefined, address);
    return board;
  };
  return {
    server,
    command,
    running,
    env,
    gets: async (address: string) => (await listed(address)).gets,
    /** Boots a board, which runs what it gets, unless it `isBad`; answers the beginning of the build that it then runs. */
    async boot(address: string, isBad = false): Promise<string | undefined> {
      const now = running.get(address) ?? '';
      const asked = request(`${server.url}/update?name=box&board=pi&build_id=${now}`, { localAddress: address }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      let body = '';
      for await (const chunk of answer.setEncoding('latin1')) body += chunk;
      if (!body.includes('box-pi.img.zst')) return now.slice(0, 7);
      const [given] = (await listed(address)).history;
      assert.ok(given !== undefined);
      if (!isBad) running.set(address, given.build);
      return given.build.slice(0, 7);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe('three boards, by the command only,', () => {
  it('are tagged, pinned, given a build in stages from the first to all, and taken back', async () => {
    await using bench = await makeBench();
    await using site = await fleet(bench);
    const { command, boot, gets } = site;
    await command('rollout', 'box-pi', 'start', '--stages', '1,all');
    assert.equal(await boot(FIRST), B);
    assert.equal(await boot(SECOND), A);
    assert.equal(await gets(SECOND), 'not its turn');
    assert.match(await command('rollout'), /stage 1 of 2/);
    assert.equal(await boot(FIRST), B); // it is confirmed, which opens the next stage
    while (!/stage 2 of 2/.test(await command('rollout')));
    for (const address of [SECOND, THIRD]) assert.equal(await boot(address), B);
    for (const address of ADDRESSES) assert.equal(await boot(address), B);
    while (!/finished/.test(await command('rollout')));

    await command('tag', SECOND, 'lab');
    await command('pin', 'tag:lab', A, '--why', 'the display');
    assert.equal(await gets(SECOND), 'build');
    assert.equal(await boot(SECOND), A);
    assert.equal(await boot(FIRST), B);
    await command('unpin', SECOND);
    assert.equal(await boot(SECOND), B);

    await command('serve-build', 'box-pi', A, '--why', 'no network');
    for (const address of ADDRESSES) assert.equal(await boot(address), A);
    await command('serve-build', 'box-pi', 'newest');

    const log = await command('log', 'box-pi');
    assert.match(log, / mkbox: roll-out stage 2 of 2, .* box\/box-pi bbbbbbb\n/);
    assert.match(log, / mkbox: roll-out finished box\/box-pi bbbbbbb\n/);
    assert.match(log, /: serve build box\/box-pi aaaaaaa \(no network\)\n.*: serve build newest box\/box-pi\n$/);
    assert.doesNotMatch(log, /: tag /);
    const [image] = JSON.parse(await command('images', '--json')) as { acts: { act: string; detail?: string }[] }[];
    assert.deepEqual(
      image?.acts.slice(0, 2).map(({ act, detail }) => [act, detail]),
      [
        ['serve build', 'newest'],
        ['serve build', undefined],
      ],
    );
  });

  it('stop a roll-out that one of them fails, keep what they run, and go back', async () => {
    await using bench = await makeBench();
    await using site = await fleet(bench);
    const { command, boot, gets } = site;
    await command('rollout', 'box-pi', 'start', '--stages', '1,all');
    for (let time = 0; time < 3; time++) assert.equal(await boot(FIRST, true), B);
    while (!/halted: a board that got it /.test(await command('rollout')));
    for (const address of [SECOND, THIRD]) assert.equal(await boot(address), A);
    assert.equal(await gets(THIRD), 'not its turn');
    assert.match(
      await command('log', 'box-pi'),
      / mkbox: roll-out halted: a board that got it .* box\/box-pi bbbbbbb\n/,
    );

    await command('rollout', 'box-pi', 'continue');
    await command('rollout', 'box-pi', 'halt', '--why', 'not today');
    assert.match(await command('rollout'), /halted by /);
    assert.match(await command('rollout', 'box-pi', 'back'), /^boards get build aaaaaaa of box\/box-pi until/);
    for (const address of ADDRESSES) assert.equal(await boot(address), A);

    const { root } = bench.boxes;
    const elsewhere = bench.boxes.beside('elsewhere');
    await writeSet(elsewhere, 'box', 'box-pi', { buildId: 'c'.repeat(64), payload: Buffer.from('of c') });
    const args = ['publish', `${elsewhere}/box/box-pi.img.zst`, '--to', 'box'];
    const { stdout } = await runCommand(args, { ...site.env, IMAGE_PATH: root, ALLOW_FOREIGN: 'true' });
    assert.match(stdout, /^published build ccccccc of box\/box-pi/);
    assert.match(await command('log', 'box-pi'), /: publish box\/box-pi ccccccc\n$/);
  });
});
