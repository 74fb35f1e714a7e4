import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openFileDisk } from '../../../src/checks/image-disk.ts';
import { SharedDisk } from '../../../src/editor/inside/shared-disk.ts';

const NAME = 'box-pi.img';
/** How a test sees what its own process has open. */
const ON_LINUX = { skip: process.platform !== 'linux' };

/** How often this process has the image open. */
function timesOpen(): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // the folder was listed by one that is closed now
    }
  });
  return links.filter((link) => link.endsWith(NAME)).length;
}

async function untilClosed(): Promise<void> {
  for (const deadline = Date.now() + 5_000; timesOpen() > 0 && Date.now() < deadline; ) await new Promise(setImmediate);
  assert.equal(timesOpen(), 0);
}

describe('an image that several look into', ON_LINUX, () => {
  let folder: string;
  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'mkbox-shared-')));
    await writeFile(path.join(folder, NAME), 'an image');
  });
  after(() => rm(folder, { recursive: true }));

  const failures: unknown[] = [];
  const share = () =>
    new SharedDisk(openFileDisk({ root: folder, folder, name: NAME }, {}), (error) => failures.push(error));
  const content = async (disk: { read: (buffer: Buffer, position: number) => number | Promise<number> }) => {
    const buffer = Buffer.alloc(8);
    await disk.read(buffer, 0);
    return buffer.toString();
  };

  it('stays open for those who still read when it is retired', async () => {
    const disk = share();
    const reading = Promise.withResolvers<void>();
    const slow = disk.use(async (open) => {
      await reading.promise;
      return content(open);
    });
    assert.equal(await disk.use(content), 'an image');
    disk.retire();
    assert.deepEqual([disk.isRetired, disk.isUsed], [true, true]);
    assert.equal(timesOpen(), 1);
    reading.resolve();
    assert.equal(await slow, 'an image');
    await untilClosed();
  });

  it('is closed once, however often it is retired, and what others opened meanwhile stays open', async () => {
    const disk = share();
    await disk.use(content);
    disk.retire();
    await untilClosed();
    const other = share(); // which is given the descriptor that became free
    await other.use(content);
    disk.retire();
    disk.retire();
    assert.equal(await other.use(content), 'an image');
    other.retire();
    await untilClosed();
    assert.deepEqual(failures, []);
  });

  it('is retired when it cannot be opened, which each is told', async () => {
    const disk = new SharedDisk(openFileDisk({ root: folder, folder, name: 'none.img' }, {}), (error) =>
      failures.push(error),
    );
    await assert.rejects(disk.use(content), /none\.img is missing/);
    assert.equal(disk.isRetired, true);
    await assert.rejects(disk.use(content), /none\.img is missing/);
    assert.deepEqual(failures, []);
  });

  it('stays open when one who looked into it failed', async () => {
    const disk = share();
    await assert.rejects(
      disk.use(async () => {
        throw new TypeError('as bugs go');
      }),
      TypeError,
    );
    assert.equal(await disk.use(content), 'an image');
    disk.retire();
    await untilClosed();
  });
});
