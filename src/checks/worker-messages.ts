import type { LentFile } from '../images/pinned-file.ts';
import type { Examination } from './examination.ts';

/** What the worker is told: one file at a time. */
export type Order = { readonly kind: 'examine'; readonly file: LentFile } | { readonly kind: 'cancel' };

/** What an examination came to. */
export type Outcome =
  | { readonly kind: 'examined'; readonly examination: Examination }
  /** It was written to meanwhile. */
  | { readonly kind: 'changed' }
  /** It could not be read to its end; the system's name for the reason, or what is known of it. */
  | { readonly kind: 'failed'; readonly code: string };

/** What the worker tells. */
export type Report =
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'cancelled' }
  /** What was thrown that is no error of the system. */
  | { readonly kind: 'bug'; readonly bug: unknown };
