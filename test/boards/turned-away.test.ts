import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Credentials } from '../../src/server/admission/credentials.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { makeSet } from '../server/harness.ts';
import { BUILD, OLD, plain, startBench } from './bench.ts';

const oneImage = (boxes: string) => makeSet(boxes, 'box', 'box-pi');
const authorization = `Basic ${Buffer.from('board:secret').toString('base64')}`;

describe('a board that is turned away', () => {
  it('is known with the reason, and goes on when it has its password', async () => {
    await using bench = await startBench({}, oneImage, { credentials: new Credentials(['board:secret']) });
    assert.equal(await bench.boot(OLD), 401);
    assert.equal(bench.board().reportedBuild, OLD);
    assert.deepEqual(plain(bench.board().state), {
      kind: 'refused',
      status: 401,
      refusal: { kind: 'not proven', proof: 'absent' },
    });
    assert.equal(await bench.boot(OLD, { headers: { authorization } }), 200);
    assert.deepEqual(plain(bench.board().state), { kind: 'flashing', build: BUILD });
    assert.equal(bench.board().history.length, 1);
  });

  it('is known where its network may not ask, too', async () => {
    await using bench = await startBench({}, oneImage, { allow: new Networks(['10.0.0.0/8']) });
    assert.equal(await bench.boot(OLD, { as: '192.0.2.7' }), 403);
    const { address, state } = bench.board();
    assert.equal(address, '192.0.2.7');
    assert.deepEqual(state.kind === 'refused' && state.refusal, { kind: 'not allowed', client: '192.0.2.7' });
  });

  it('is no board when it asks for something else', async () => {
    await using bench = await startBench({}, oneImage, { credentials: new Credentials(['board:secret']) });
    assert.equal(await bench.boot(undefined, { path: '/list' }), 401);
    assert.equal(await bench.boot(undefined, { path: '/update/box/box-pi' }), 401);
    assert.deepEqual(bench.registry.boards, []);
    assert.equal(await bench.boot(undefined, { path: `/update/box/box-pi/${OLD}` }), 401);
    assert.equal(bench.registry.boards.length, 1);
  });
});
