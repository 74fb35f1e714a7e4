import assert from 'node:assert/strict';
import { chmod, mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { asNobody } from '../as-nobody.ts';
import { makeSet, startServer } from './harness.ts';

async function start() {
  const server = await startServer(async (boxes) => {
    await makeSet(boxes, 'box', 'box-pi', 10);
    await makeSet(boxes, 'other', 'other-pi', 10);
    for (const folder of [path.dirname(boxes), boxes]) await chmod(folder, 0o755);
  });
  const ask = async (target: string) => {
    const { status, headers, body } = await server.get(target);
    return { status, retry: headers['retry-after'], text: body.toString() };
  };
  return { server, ask, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('an image folder that was moved away', () => {
  it('is 503 for updates, the last list for a minute, and all there when it is back', async () => {
    await using site = await start();
    const { server, ask } = site;
    const before = await ask('/list');
    await rename(server.boxes, `${server.boxes}.away`);
    for (const target of [
      '/update?name=box&board=pi',
      '/update/box/box-pi',
      '/update/box/none',
      '/update?name=no&board=pi',
    ]) {
      assert.deepEqual(await ask(target), {
        status: 503,
        retry: '5',
        text: 'the images could not be read (ENOENT); try again\n',
      });
    }
    assert.deepEqual(await ask('/list'), before);
    await rename(`${server.boxes}.away`, server.boxes);
    assert.equal((await ask('/update?name=box&board=pi')).status, 200);
    assert.equal((await ask('/update/box/none')).status, 404);
  });

  it('is 503 for the list, too, when the last one is too old', async () => {
    await using parent = await start();
    const catalog = new Catalog([path.join(parent.server.boxes, 'images')], { keepMs: 0 });
    await mkdir(path.join(parent.server.boxes, 'images'));
    await using server = await startServer(async () => {}, { catalog });
    assert.equal((await server.get('/list')).status, 200);
    await rename(path.join(parent.server.boxes, 'images'), path.join(parent.server.boxes, 'away'));
    const { status, headers } = await server.get('/list');
    assert.deepEqual([status, headers['retry-after']], [503, '5']);
  });
});

describe('a folder that may not be read', () => {
  it('is 503 for what may lie in it, and for nothing else', async () => {
    await using site = await start();
    const { server, ask } = site;
    const list = await ask('/list');
    await chmod(path.join(server.boxes, 'box'), 0o700);
    await asNobody(async () => {
      const refused = {
        status: 503,
        retry: '5',
        text: 'the folder box could not be read (EACCES, permission denied); try again\n',
      };
      for (const target of [
        '/update?name=box&board=pi',
        '/update/box/box-pi',
        '/update/box/no',
        '/update?name=no&board=pi',
      ]) {
        assert.deepEqual(await ask(target), refused, target);
      }
      assert.equal((await ask('/update?name=other&board=pi')).status, 200);
      assert.equal((await ask('/update/other/no')).status, 404);
      assert.deepEqual(await ask('/list'), list);
    });
    await chmod(path.join(server.boxes, 'box'), 0o755);
    assert.equal((await ask('/update?name=box&board=pi')).status, 200);
  });
});

describe('a link of which the system can not say where it leads', () => {
  it('is 503 for what may lie behind it where links are followed, and for nothing else', async () => {
    await using site = await start();
    const { boxes } = site.server;
    for (const followsLinks of [true, false]) {
      const catalog = new Catalog([boxes], { followsLinks, keepMs: 0 });
      await using server = await startServer(async () => {}, { catalog });
      await symlink(`../${'x'.repeat(300)}`, path.join(boxes, 'far')); // as a mount that died, it is not just absent
      const status = async (target: string) => (await server.get(target)).status;
      assert.equal(await status('/update?name=box&board=pi'), 200);
      assert.equal(await status('/update/other/no'), 404);
      for (const target of ['/update/far/far-pi', '/update?name=far&board=pi', '/update?name=no&board=pi']) {
        assert.equal(await status(target), followsLinks ? 503 : 404, target);
      }
      assert.equal((await server.get('/list')).body.toString(), 'box/box-pi\nother/other-pi\n');
      await rm(path.join(boxes, 'far'));
    }
  });
});

describe('a file that may not be read', () => {
  it('is 503, and the set is served when it may be', async () => {
    await using site = await start();
    const zst = path.join(site.server.boxes, 'box', 'box-pi.img.zst');
    await chmod(zst, 0o000);
    const { status, retry, text } = await asNobody(() => site.ask('/update?name=box&board=pi'));
    assert.deepEqual([status, retry], [503, '5']);
    assert.match(text, /^box\/box-pi is not sent: box-pi\.img\.zst cannot be read; check its permissions\n$/);
    await chmod(zst, 0o644);
    assert.equal((await site.ask('/update?name=box&board=pi')).status, 200);
  });
});

describe('a link out of the image folder', () => {
  it('is followed where that is said, and else its images are not there', async () => {
    await using site = await start();
    const { server } = site;
    await mkdir(`${server.boxes}-linked`);
    await symlink(path.join(server.boxes, 'box'), path.join(`${server.boxes}-linked`, 'far'));
    for (const followsLinks of [true, false]) {
      const catalog = new Catalog([`${server.boxes}-linked`], { followsLinks });
      await using linked = await startServer(async () => {}, { catalog });
      assert.equal((await linked.get('/update/far/box-pi')).status, followsLinks ? 200 : 404);
      assert.equal((await linked.get('/update?name=box&board=pi')).status, followsLinks ? 200 : 404);
    }
  });
});
