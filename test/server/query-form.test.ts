import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Transfer } from '../../src/server/transfer.ts';
import { buildId, makeSet, startServer, type TestServer } from './harness.ts';

describe('an update asked for by parts', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer(async (boxes) => {
      for (const branch of ['-master', '-main', '']) {
        await makeSet(boxes, 'three', `three-pi${branch}`, 10);
        await makeSet(boxes, 'three', `three-pi${branch}-1.0+rc1`, 10);
      }
      await makeSet(boxes, 'main-only', 'main-only-pi-main', 10);
      await makeSet(boxes, 'plain', 'plain-pi', 10);
      await makeSet(boxes, 'plain', 'plain-pi-2.0', 10);
      await makeSet(boxes, 'plain', 'plain-pi-dev-2.0', 10);
      await makeSet(boxes, 'led-blink', 'example-led-blink-odroid-c4', 10);
      await makeSet(boxes, 'led-blink', 'plain-pi-master', 10);
      await makeSet(boxes, 'aaa', 'three-pi-master', Buffer.from('of another folder'), 2);
      await makeSet(boxes, 'building', 'building-pi-master', 10);
      await makeSet(boxes, 'building', 'building-pi-main', 10);
      await truncate(path.join(boxes, 'building', 'building-pi-master.img.zst'));
      await makeSet(boxes, 'sums-only', 'sums-only-pi-master', 10);
      await makeSet(boxes, 'sums-only', 'sums-only-pi', 10);
      for (const suffix of ['zst', 'sha256']) {
        await rm(path.join(boxes, 'sums-only', `sums-only-pi-master.img.${suffix}`));
      }
    });
  });
  after(() => server[Symbol.asyncDispose]());

  /** `<box>/<image>` of what a query is answered with, else the status. */
  const found = async (query: string) => {
    const answering = once(server.server.events, 'answering') as Promise<[Transfer]>;
    const { status } = await server.get(`/update?${query}`);
    const [{ resolution }] = await answering;
    return status === 200 ? resolution?.found?.id : status;
  };
  const cases: Record<string, Record<string, string | number>> = {
    'without a branch is that of master, of main, or of none, in this order': {
      'name=three&board=pi': 'three/three-pi-master',
      'name=main-only&board=pi': 'main-only/main-only-pi-main',
      'name=plain&board=pi': 'plain/plain-pi',
      'name=plain&board=pi&version=2.0': 'plain/plain-pi-2.0',
    },
    'with a branch is of that branch, and of no other': {
      'name=three&board=pi&branch=main': 'three/three-pi-main',
      'name=plain&board=pi&branch=dev&version=2.0': 'plain/plain-pi-dev-2.0',
      'name=plain&board=pi&branch=dev': 404,
      'name=plain&board=pi&branch=main': 404,
      'name=main-only&board=pi&branch=master': 404,
    },
    'with a version is of that version': {
      'name=main-only&board=pi&version=1.0': 404,
      'name=three&board=pi&version=1.0': 404,
      'name=plain&board=pi&branch=dev&version=3.0': 404,
    },
    'lies in the folder of its name, before any other': {
      'name=three&board=pi&branch=master': 'three/three-pi-master',
      'name=plain&board=pi&version=': 'plain/plain-pi',
      'name=plain&board=pi&branch=master': 'led-blink/plain-pi-master',
      'name=example-led-blink&board=odroid-c4': 'led-blink/example-led-blink-odroid-c4',
      'name=led-blink&board=odroid-c4': 404,
    },
    'counts empty values as absent, and of two the first that is not': {
      'name=plain&board=pi&branch=&version=': 'plain/plain-pi',
      'name=&name=plain&board=&board=pi': 'plain/plain-pi',
      'name=plain&name=three&board=pi': 'plain/plain-pi',
      'name=&board=pi': 404,
      'name=plain&board=': 404,
      '': 404,
    },
    'takes the branch from the pair that boards send without a name': {
      'name=three&board=pi&=branch=main&version=': 'three/three-pi-main',
      'name=three&board=pi&=branch%3Dmain': 'three/three-pi-main',
      'name=three&board=pi&branch=&=branch=main': 'three/three-pi-main',
      'name=three&board=pi&=branch=nothing': 404,
      'name=three&board=pi&=branch=': 'three/three-pi-master',
      'name=three&board=pi&=': 'three/three-pi-master',
      'name=three&board=pi&=main': 'three/three-pi-master',
      'name=three&board=pi&=version=7': 'three/three-pi-master',
      'name=three&board=pi&branch=main&=branch=nothing': 'three/three-pi-main',
    },
    'reads a plus as a plus, and percent escapes once': {
      'name=three&board=pi&version=1.0+rc1': 'three/three-pi-master-1.0+rc1',
      'name=three&board=pi&version=1.0%2Brc1': 'three/three-pi-master-1.0+rc1',
      'name=three&board=pi&version=1.0%252Brc1': 404,
      'name=%74hree&board=p%69': 'three/three-pi-master',
    },
    'does not care for the order of parts, nor for what it does not know': {
      'build_id=x&version=2.0&board=pi&name=plain': 'plain/plain-pi-2.0',
      'name=plain&board=pi&mac=aa-bb&NAME=three&arch': 'plain/plain-pi',
    },
    'is not replaced by another while it is being built': {
      'name=building&board=pi': 404,
      'name=building&board=pi&branch=main': 'building/building-pi-main',
      'name=sums-only&board=pi': 404,
    },
  };
  for (const [what, queries] of Object.entries(cases)) {
    it(what, async () => {
      for (const [query, expected] of Object.entries(queries)) assert.equal(await found(query), expected, query);
    });
  }

  it('is nothing where the board has the build, which is compared as a string', async () => {
    const size = async (id: string) => {
      const { status, headers } = await server.get(`/update?name=plain&board=pi&build_id=${id}`);
      return [status, headers.etag === undefined ? 'empty' : 'image'];
    };
    assert.deepEqual(await size(buildId()), [200, 'empty']);
    const others = ['', buildId(2), buildId().toUpperCase(), buildId().slice(1), `${buildId()}0`, `%20${buildId()}`];
    for (const other of others) assert.deepEqual(await size(other), [200, 'image'], other);
  });

  it('says which file is at fault while it is being built', async () => {
    const { body } = await server.get('/update?name=building&board=pi');
    assert.equal(body.toString(), 'building/building-pi-master is incomplete: building-pi-master.img.zst is empty\n');
  });
});
