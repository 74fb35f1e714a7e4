import type { Resolution } from '../../images/resolution.ts';
import { RETRY_AFTER_SECONDS } from '../limits.ts';
import { type Refusal, refusalStatus, refusalText, settlesSoon } from '../refusal.ts';
import type { TransferResult } from '../transfer.ts';
import { type Answer, type HeaderList, textAnswer } from './answer.ts';
import type { Asked } from './asked.ts';
import type { Withheld } from './assigned.ts';
import { UP_TO_DATE } from './update-answer.ts';

/** What was found out about a request on the way to its answer. */
export interface Found {
  readonly asked: Asked;
  readonly resolution?: Resolution | undefined;
  /** The build ID of the image that it was resolved to. */
  readonly servedBuildId?: string | undefined;
}

/** What a request comes to: what it is answered with, and the result that amounts to. Disposing closes what the answer reads. */
export type Decision = Found &
  AsyncDisposable & { readonly answer: Answer } & ({ readonly result: TransferResult } | { readonly refusal: Refusal });

/** A decision whose answer reads no file. */
export function decided(found: Found, answer: Answer, result: TransferResult): Decision {
  return { ...foundOf(found), answer, result, [Symbol.asyncDispose]: holdsNothing };
}

/** The decision on a board that already runs what it would get, or from which that is withheld: an "up to date" answer. */
export function upToDate(found: Found, result: 'up to date' | Withheld = 'up to date'): Decision {
  return decided(found, UP_TO_DATE, result);
}

/** The decision to refuse. `headers` come besides those that every refusal has. */
export function refuse(found: Found, refusal: Refusal, headers: HeaderList = []): Decision {
  const retry = settlesSoon(refusal) ? ['Retry-After', String(RETRY_AFTER_SECONDS)] : [];
  const answer = textAnswer(refusalStatus(refusal), `${refusalText(refusal)}\n`, [...retry, ...headers]);
  return { ...foundOf(found), answer, refusal, [Symbol.asyncDispose]: holdsNothing };
}

/** The found part of something that has more: a transfer, or a former decision. */
function foundOf({ asked, resolution, servedBuildId }: Found): Found {
  return { asked, resolution, servedBuildId };
}

async function holdsNothing(): Promise<void> {}
