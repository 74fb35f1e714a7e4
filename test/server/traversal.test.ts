import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Catalog } from '../../src/images/catalog.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const CANARY = 'a canary that must not sing';
const PIECES = [
  ...['..', '.', '', 'box', 'box-pi', 'boxes-evil', 'evil-pi', 'canary', 'linked', 'etc', 'passwd', '~', '*', 'C:'],
  ...['%2e%2e', '%2E.', '%252e%252e', '..%2f', '%2f', '%252f', '..%5c', '%5c%5c', '..;', '%00', '%0d%0a', '%20'],
  ...['%c0%ae%c0%ae', '%c0%af', '%e0%80%af', '%ef%bc%8e%ef%bc%8e', '%e2%88%95', '\\', '%u002e', '.%00.', 'file:'],
];

describe('a request that tries to leave the image folder', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer(async (boxes) => {
      const outside = path.dirname(boxes);
      const evil = path.join(outside, 'boxes-evil');
      await makeSet(boxes, 'box', 'box-pi', 10);
      await makeSet(outside, 'boxes-evil', 'evil-pi', Buffer.from(CANARY));
      await writeFile(path.join(outside, 'canary'), CANARY);
      await writeFile(path.join(boxes, 'box', 'notes.txt'), CANARY);
      await symlink(evil, path.join(boxes, 'linked'));
      await symlink('../boxes-evil', path.join(boxes, 'relative'));
      await symlink('relative', path.join(boxes, 'chained'));
      await symlink('loop', path.join(boxes, 'loop'));
      await mkdir(path.join(boxes, 'file-links'));
      for (const suffix of ['zst', 'sha256', 'buildID']) {
        const name = `evil-pi.img.${suffix}`;
        await symlink(path.join(evil, name), path.join(boxes, 'file-links', name));
        const image = `one-${suffix}`;
        await makeSet(boxes, 'one-link', image, 10);
        const file = path.join(boxes, 'one-link', `${image}.img.${suffix}`);
        await rename(file, path.join(outside, `${image}.moved`));
        await symlink(path.join(outside, `${image}.moved`), file);
      }
    });
  });
  after(() => server[Symbol.asyncDispose]());

  const answerTo = (target: string) =>
    server.raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const lives = async () => assert.equal((await server.get('/list')).body.toString(), 'box/box-pi\n');

  it('gets nothing from there, however it is spelled', { timeout: 30_000 }, async () => {
    const way = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('/'));
    const forms = [
      (way: string) => `/${way}`,
      (way: string) => `/update/${way}`,
      (way: string) => `/update/${way}/evil-pi`,
      (way: string) => `/update/box/${way}`,
      (way: string) => `/list/${way}`,
      (way: string) => `/update?name=${way}&board=pi`,
      (way: string) => `/update?name=evil&board=${way}`,
      (way: string) => `/update?name=box&board=pi&branch=${way}`,
      (way: string) => `/update?name=box&board=pi&version=${way}&=branch=${way}`,
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...forms), way, async (form, to) => {
        const answer = await answerTo(form(to));
        assert.ok(!answer.includes(CANARY), form(to));
        assert.match(answer, /^HTTP\/1\.1 (200|400|404) /);
      }),
      { numRuns: 400 },
    );
    await lives();
  });

  it('gets nothing through links to folders or files', async () => {
    for (const box of ['linked', 'relative', 'chained', 'loop', 'file-links', 'boxes-evil', '..%2fboxes-evil']) {
      assert.match(await answerTo(`/update/${box}/evil-pi`), /^HTTP\/1\.1 404 /, box);
    }
    assert.match(await answerTo('/update?name=evil&board=pi'), /^HTTP\/1\.1 404 /);
    for (const suffix of ['zst', 'sha256', 'buildID']) {
      assert.match(await answerTo(`/update/one-link/one-${suffix}`), /one-.* is a symbolic link/);
    }
    await lives();
  });

  it('gets nothing when a folder becomes a link after it was seen', async () => {
    await using other = await startServer((boxes) => makeSet(boxes, 'box', 'evil-pi', 10));
    assert.equal((await other.get('/update/box/evil-pi')).status, 200);
    const outside = path.dirname(other.boxes);
    await makeSet(outside, 'elsewhere', 'evil-pi', Buffer.from(CANARY));
    await rename(path.join(other.boxes, 'box'), path.join(outside, 'away'));
    await symlink(path.join(outside, 'elsewhere'), path.join(other.boxes, 'box'));
    const { status, body } = await other.get('/update/box/evil-pi');
    assert.equal(status, 404);
    assert.ok(!body.includes(CANARY));
  });

  it('is no request for an image in a folder that is itself reached by a link', async () => {
    const link = path.join(path.dirname(server.boxes), 'boxes-link');
    await symlink(server.boxes, link);
    await using linked = await startServer(async () => {}, { catalog: new Catalog([link]) });
    assert.equal((await linked.get('/update/box/box-pi')).status, 200);
  });
});
