import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { readContents } from '../contents/image-contents.ts';
import type { PinnedFile } from '../images/pinned-file.ts';
import { decodeZstd } from '../images/zstd/zstd-decoder.ts';
import { BootSpool } from './boot-spool.ts';
import type { Examination } from './examination.ts';

/**
 * File systems stamp files by the kernel's tick (10 ms at most): a second write within a tick leaves the times as the
 * first one did. A file is read when it is older than that, so that no later write goes unnoticed.
 */
const TICK_MS = 20;

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
  const zstHash = createHash('sha256');
  const rawHash = createHash('sha256');
  let rawBytes = 0;
  const spool = await BootSpool.create();
  try {
    const onRead = (bytes: Buffer) => {
      zstHash.update(bytes);
      onProgress?.(bytes.length);
    };
    const onContent = async (bytes: Buffer) => {
      rawHash.update(bytes);
      rawBytes += bytes.length;
      await spool.take(bytes);
    };
    const decoded = await decodeZstd(file, { onRead, onContent }, signal);
    if (decoded === undefined || !(await file.isUnchanged())) return undefined;
    const digest = { zstSha256: zstHash.digest('hex'), examinedAtMs: Date.now() };
    if ('problem' in decoded) return { ...digest, content: { kind: 'damaged', damage: decoded } };
    const inside = spool.failure ?? (await readContents(spool));
    const raw = { rawSha256: rawHash.digest('hex'), rawBytes, inside };
    return { ...digest, content: { kind: 'sound', ...decoded, ...raw } };
  } finally {
    await spool.close();
  }
}

async function pastTick({ identity }: PinnedFile): Promise<void> {
  const ageMs = Date.now() - Number(identity.ctimeNs / 1_000_000n);
  if (ageMs >= 0 && ageMs < TICK_MS) await setTimeout(TICK_MS - ageMs);
}
