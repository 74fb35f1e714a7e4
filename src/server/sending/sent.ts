import type { Refusal } from '../refusal.ts';
import type { BreakReason } from '../transfer.ts';

/** How sending went: all of it, or up to a point and why. */
export type Sent =
  | { readonly kind: 'sent' }
  /** `code`: the system's name for the reason, where the image could not be read. */
  | { readonly kind: 'broken'; readonly reason: Exclude<BreakReason, 'image wrong'>; readonly code?: string }
  /** It was found out meanwhile why the image must not be handed out. */
  | { readonly kind: 'broken'; readonly reason: 'image wrong'; readonly objection: Refusal };

export const SENT: Sent = { kind: 'sent' };
export const CLIENT_CLOSED: Sent = { kind: 'broken', reason: 'client closed' };
export const CLIENT_STALLED: Sent = { kind: 'broken', reason: 'client stalled' };
export const IMAGE_CHANGED: Sent = { kind: 'broken', reason: 'image changed' };
