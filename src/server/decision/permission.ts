import type { ImageChecks } from '../../checks/image-checks.ts';
import type { Verdict } from '../../checks/verdict.ts';
import { systemErrorCode } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { ImageSet } from '../../images/image-set.ts';
import type { Refusal } from '../refusal.ts';

/** Whether a set may be served: known now, or while all but the last bytes are sent. */
export type Permission =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The opened file was replaced meanwhile: look again. */
  | { readonly kind: 'changed' }
  /** Settles with the reason not to serve it, or with undefined. */
  | { readonly kind: 'pending'; readonly objection: Promise<Refusal | undefined> };

/**
 * Asks `checks` about a set that was opened as `image`, and waits for at most `waitMs`. `signal` is aborted when nobody
 * waits for the set any more: its examination ends, unless someone else waits for it.
 */
export async function askPermission(
  checks: ImageChecks,
  image: CatalogImage,
  set: ImageSet,
  waitMs: number,
  signal: AbortSignal,
): Promise<Permission> {
  const { buildId, checksums, zst } = set;
  const { root, folder, image: name } = image;
  const verdict = checks
    .verdict({ root, folder, image: name, identity: zst.identity, buildId, checksums }, { signal })
    .catch((error: unknown): Verdict => {
      const code = signal.aborted ? 'ECANCELED' : systemErrorCode(error);
      if (code === undefined) throw error;
      return { kind: 'failed', code };
    });
  const early = await within(verdict, waitMs);
  if (early === undefined) return { kind: 'pending', objection: verdict.then((late) => objectionTo(image, late)) };
  if (early.kind === 'changed') return { kind: 'changed' };
  const refusal = objectionTo(image, early);
  return refusal === undefined ? { kind: 'granted' } : { kind: 'refused', refusal };
}

/** Why `image` is not served after that verdict, if it is not. */
function objectionTo({ id, image, isKept }: CatalogImage, verdict: Verdict): Refusal | undefined {
  switch (verdict.kind) {
    case 'right':
      return undefined;
    case 'wrong':
      return {
        kind: 'wrong image',
        id,
        image,
        finding: verdict.findings[0],
        isSettling: verdict.isSettling && !isKept,
        ...(isKept && { isEarlier: true }),
      };
    case 'changed':
      return { kind: 'being written', id };
    case 'failed':
      return { kind: 'unchecked', id, code: verdict.code };
  }
}

/** The value of `promise`, or undefined if that takes longer than `ms`. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms === Number.POSITIVE_INFINITY) return promise;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
