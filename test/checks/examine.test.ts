import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { insideOf, type SoundContent } from '../../src/checks/examination.ts';
import { type ExamineOptions, examine } from '../../src/checks/examine.ts';
import { PinnedFile } from '../../src/images/pinned-file.ts';
import { type BoxesFolder, makeBoxes, sha256 } from '../images/image-sets.ts';
import { skippableFrame, zstdFrame } from '../images/zstd-files.ts';
import { requireTools } from '../tools/tools.ts';
import { CONTENT, LARGE, makeSet, ownTemporaryFolder, type SeenSet } from './sets.ts';

/** Opens a set's `.img.zst`, and examines it. */
async function examined({ root, folder, image }: SeenSet, options?: ExamineOptions) {
  const file = await PinnedFile.open(root, folder, `${image}.img.zst`);
  if (!(file instanceof PinnedFile)) throw new Error(`not opened: ${file}`);
  try {
    return await examine(file, options);
  } finally {
    await file.close();
  }
}

function buildIdInside({ inside }: SoundContent): string | undefined {
  return typeof inside === 'string' ? inside : inside.boardConf?.buildId;
}

async function soundContent(boxes: BoxesFolder, zst: (raw: Buffer) => Buffer) {
  const { written, set } = await makeSet(boxes, CONTENT, { zst });
  const examination = await examined(set);
  if (examination?.content.kind !== 'sound') throw new Error(JSON.stringify(examination));
  equal(examination.content.rawSha256, written.rawSha256);
  return examination.content;
}

suite('the examination of an image file', () => {
  test('finds both digests, the frames, and what is inside', async () => {
    await using temporary = await ownTemporaryFolder();
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes);
    const before = Date.now();
    const examination = await examined(set);
    if (examination?.content.kind !== 'sound') throw new Error(JSON.stringify(examination));
    const { inside: _, windowBytes, ...content } = examination.content;
    const inside = insideOf(examination);
    deepEqual(content, {
      kind: 'sound',
      frames: 1,
      isChecksummed: true,
      rawSha256: written.rawSha256,
      rawBytes: written.raw.length,
    });
    ok(windowBytes > 0);
    equal(examination.zstSha256, written.zstSha256);
    ok(examination.examinedAtMs >= before && examination.examinedAtMs <= Date.now());
    equal(inside?.partitionsEnd, written.raw.length);
    deepEqual([inside?.boardConf?.box, inside?.boardConf?.buildId], [CONTENT.box, CONTENT.buildId]);
    deepEqual(await temporary.spools(), []);
  });

  test('finds both digests of a file that is hashed on a thread of its own, and stops it', async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, { ...CONTENT, noise: 34 * 1024 * 1024 });
    const examination = await examined(set);
    if (examination?.content.kind !== 'sound') throw new Error(JSON.stringify(examination));
    deepEqual([examination.zstSha256, examination.content.rawSha256], [written.zstSha256, written.rawSha256]);
    const abort = new AbortController();
    const reason = new Error('enough');
    await rejects(examined(set, { onProgress: () => abort.abort(reason), signal: abort.signal }), reason);
    const threads = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker');
    deepEqual(threads, []);
  });

  test('tells bytes as they are read: all of them, each once', async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, LARGE);
    const steps: number[] = [];
    await examined(set, { onProgress: (bytes) => steps.push(bytes) });
    ok(steps.length > 10);
    equal(
      steps.reduce((sum, bytes) => sum + bytes, 0),
      written.zst.length,
    );
  });

  test('looks inside whatever frames the image is in', async () => {
    await using boxes = await makeBoxes();
    const parts = (raw: Buffer) => [
      raw.subarray(0, 3),
      raw.subarray(3, 300),
      raw.subarray(300, 600),
      raw.subarray(600),
    ];
    const content = await soundContent(boxes, (raw) =>
      Buffer.concat([...parts(raw).map((part) => zstdFrame(part)), skippableFrame(Buffer.from('a note'))]),
    );
    equal(content.frames, 4);
    equal(buildIdInside(content), CONTENT.buildId);
  });

  test('finds damage, and the digest all the same', async () => {
    await using temporary = await ownTemporaryFolder();
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, CONTENT, { zst: (raw) => zstdFrame(raw).subarray(0, -1) });
    const examination = await examined(set);
    equal(examination?.zstSha256, written.zstSha256);
    const damage = { problem: 'truncated', at: written.zst.length };
    deepEqual(examination.content, { kind: 'damaged', damage });
    deepEqual(await temporary.spools(), []);
  });

  test('takes what is no image as what it is', async () => {
    await using boxes = await makeBoxes();
    const text = Buffer.from('no image at all');
    const { set } = await makeSet(boxes, CONTENT, { zst: () => zstdFrame(text) });
    const content = (await examined(set))?.content;
    if (content?.kind !== 'sound') throw new Error(content?.kind);
    deepEqual(content.inside, { faults: ['no partition table'] });
    deepEqual([content.rawSha256, content.rawBytes], [sha256(text), text.length]);
  });

  const spoils: Record<string, (file: string) => void> = {
    'is written to': (file) => writeFileSync(file, 'x', { flag: 'r+' }),
    'gets longer': (file) => writeFileSync(file, 'x', { flag: 'a' }),
    'gets shorter': (file) => truncateSync(file, 100),
    'gets another time': (file) => utimesSync(file, 1, 1),
  };
  for (const [what, spoil] of Object.entries(spoils)) {
    test(`comes to nothing when the file ${what} meanwhile`, async () => {
      await using boxes = await makeBoxes();
      const { written, set } = await makeSet(boxes, LARGE);
      let isSpoilt = false;
      const onProgress = () => {
        if (!isSpoilt) spoil(written.file('.img.zst'));
        isSpoilt = true;
      };
      equal(await examined(set, { onProgress }), undefined);
    });
  }

  test('is of the file that was opened when another takes its name meanwhile', async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, LARGE);
    const removed: Promise<void>[] = [];
    const onProgress = () => void removed.push(rm(written.file('.img.zst'), { force: true }));
    equal((await examined(set, { onProgress }))?.zstSha256, written.zstSha256);
    await Promise.all(removed);
  });

  test('ends when it is aborted, with the reason given', async () => {
    await using temporary = await ownTemporaryFolder();
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, LARGE);
    const abort = new AbortController();
    const reason = new Error('enough');
    await rejects(examined(set, { onProgress: () => abort.abort(reason), signal: abort.signal }), reason);
    deepEqual(await temporary.spools(), []);
  });

  test('looks inside without a temporary folder, too', async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes);
    await using _temporary = await ownTemporaryFolder();
    process.env.TMPDIR = boxes.beside('nowhere');
    const content = (await examined(set))?.content;
    if (content?.kind !== 'sound') throw new Error(content?.kind);
    deepEqual([content.rawSha256, buildIdInside(content)], [written.rawSha256, CONTENT.buildId]);
  });

  test('tells why there is no look inside where a boot partition does not fit into memory either', async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, { ...CONTENT, noise: 66 * 1024 * 1024 });
    await using _temporary = await ownTemporaryFolder();
    process.env.TMPDIR = boxes.beside('nowhere');
    const content = (await examined(set))?.content;
    if (content?.kind !== 'sound') throw new Error(content?.kind);
    deepEqual(
      [content.rawSha256, content.inside],
      [written.rawSha256, `ENOENT in the temporary folder ${process.env.TMPDIR}`],
    );
  });

  test('looks inside where there is room for a part of it only', { skip: process.platform !== 'linux' }, async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes, { ...CONTENT, ballast: 3 * 1024 * 1024, fragmented: true });
    const script = boxes.beside('examine.ts');
    const source = (name: string) => JSON.stringify(path.join(import.meta.dirname, '..', '..', 'src', name));
    await writeFile(
      script,
      `import { examine } from ${source('checks/examine.ts')};
       import { PinnedFile } from ${source('images/pinned-file.ts')};
       const file = await PinnedFile.open(...process.argv.slice(2));
       console.log(JSON.stringify(await examine(file)));`,
    );
    const { bash } = requireTools('bash');
    const node = [process.execPath, script, set.root, set.folder, `${set.image}.img.zst`];
    for (const blocks of [1, 100, 2000, 20_000]) {
      const output = execFileSync(bash, ['-c', `ulimit -f ${blocks} && exec "$@"`, 'bash', ...node], {
        encoding: 'utf8',
      });
      const { content } = JSON.parse(output);
      deepEqual([content.rawSha256, buildIdInside(content)], [written.rawSha256, CONTENT.buildId], `${blocks} KiB`);
    }
  });
});
