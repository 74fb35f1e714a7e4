import { createHash } from 'node:crypto';
import { readContents } from '../contents/image-contents.ts';
import type { PinnedFile } from '../images/pinned-file.ts';
import { openSha256 } from '../images/sha256.ts';
import { decodeZstd } from '../images/zstd/zstd-decoder.ts';
import { BootSpool } from './boot-spool.ts';
import type { Examination } from './examination.ts';
import { pastTick } from './past-tick.ts';

/** How to follow an examination, or stop it. */
export interface ExamineOptions {
  /** Told of bytes of the file as they are read. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads an `.img.zst` once, to its end: both digests, the soundness of its frames, and what is inside. Undefined when it
 * was written to meanwhile.
 * @throws the signal's reason when it is aborted, and what reading a disk may throw.
 */
export async function examine(
  file: PinnedFile,
  { onProgress, signal }: ExamineOptions = {},
): Promise<Examination | undefined> {
  await pastTick(file);
  const rawHash = createHash('sha256');
  const zstHash = openSha256(file.size);
  const spool = await BootSpool.create();
  try {
    const onRead = (bytes: Buffer) => {
      onProgress?.(bytes.length);
      return zstHash.update(bytes);
    };
    const onContent = async (bytes: Buffer) => {
      rawHash.update(bytes);
      await spool.take(bytes);
    };
    const decoded = await decodeZstd(file, { onRead, onContent }, signal);
    if (decoded === undefined || !(await file.isUnchanged())) return undefined;
    const digest = { zstSha256: await zstHash.digest(), examinedAtMs: Date.now() };
    if ('problem' in decoded) return { ...digest, content: { kind: 'damaged', damage: decoded } };
    const inside = spool.failure ?? (await readContents(spool));
    const raw = { rawSha256: rawHash.digest('hex'), rawBytes: spool.size, inside };
    return { ...digest, content: { kind: 'sound', ...decoded, ...raw } };
  } finally {
    await zstHash.close();
    await spool.close();
  }
}
