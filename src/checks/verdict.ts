import type { SetLocation } from '../images/image-set.ts';
import type { Examination } from './examination.ts';
import type { Finding, Gap } from './finding.ts';
import { type Claims, judge, type Policy } from './judgement.ts';
import type { Outcome } from './worker-messages.ts';

/** The result of checking a set. */
export type Verdict =
  | { readonly kind: 'right'; readonly examination: Examination; readonly gaps: readonly Gap[] }
  | {
      readonly kind: 'wrong';
      readonly examination: Examination;
      /** At least one; the gravest first. */
      readonly findings: readonly [Finding, ...Finding[]];
      readonly gaps: readonly Gap[];
      /** It looks like the middle of a build, which ends by itself. */
      readonly isSettling: boolean;
    }
  /** It was changed or replaced meanwhile, or is gone. */
  | { readonly kind: 'changed' }
  /** It could not be read to its end; `code` is the system's error code. */
  | { readonly kind: 'failed'; readonly code: string };

/** Judges a set, by `policy`, from the examination of its `.img.zst`. What was not examined is not right. */
export async function verdictOf(set: SetLocation & Claims, outcome: Outcome, policy: Policy): Promise<Verdict> {
  if (outcome.kind !== 'examined') return outcome;
  const { examination } = outcome;
  const { findings, gaps } = judge(set, examination, policy);
  const [gravest, ...others] = findings;
  const unseen = gaps.find((gap) => gap.kind === 'not looked inside');
  if (gravest === undefined && unseen !== undefined) return { kind: 'failed', code: unseen.why };
  if (gravest === undefined) return { kind: 'right', examination, gaps };
  const isSettling = await looksUnfinished(set, gravest);
  return { kind: 'wrong', examination, findings: [gravest, ...others], gaps, isSettling };
}

/**
 * Whether a build in progress looks so. Times prove nothing, but the order of writing does: `.img.buildID`, `.img.zst`,
 * `.img.sha256`, or, copied, the `.img.zst` last. While it is written, its digest is not the one beside it. Before that,
 * only the build ID is new: the raw image, which is written before all of them, then holds that build.
 */
async function looksUnfinished(set: SetLocation & Claims, gravest: Finding): Promise<boolean> {
  if (gravest.kind === 'digest') return true;
  if (gravest.kind !== 'build ID') return false;
  // brings a FAT file system along, and is seldom needed: an editor's window opens without it
  const { readRawImage } = await import('../contents/raw-image.ts');
  const raw = await readRawImage(set);
  return raw?.boardConf?.buildId === gravest.outside;
}
