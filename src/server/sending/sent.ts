import type { Refusal } from '../refusal.ts';
import type { BreakReason } from '../transfer.ts';

/** How sending went: completely, or up to a point and why. */
export type Sent =
  | { readonly kind: 'sent' }
  /** `code`: the system's error code, if the image could not be read. */
  | { readonly kind: 'broken'; readonly reason: Exclude<BreakReason, 'image wrong'>; readonly code?: string }
  /** The image was found to be invalid meanwhile; `objection` says how. */
  | { readonly kind: 'broken'; readonly reason: 'image wrong'; readonly objection: Refusal };

/** How sending ended before its end. */
export type Broken = Extract<Sent, { kind: 'broken' }>;

export const SENT: Sent = { kind: 'sent' };
export const CLIENT_CLOSED: Broken = { kind: 'broken', reason: 'client closed' };
export const CLIENT_STALLED: Broken = { kind: 'broken', reason: 'client stalled' };
export const IMAGE_CHANGED: Broken = { kind: 'broken', reason: 'image changed' };
export const FAULT: Broken = { kind: 'broken', reason: 'fault' };
