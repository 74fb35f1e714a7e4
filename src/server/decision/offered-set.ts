import type { ImageSet } from '../../images/image-set.ts';
import type { TransferResult } from '../transfer.ts';
import type { Answer, Approval } from './answer.ts';
import type { Asking } from './asking.ts';
import type { Decision, Found } from './decision.ts';
import { updateAnswer } from './update-answer.ts';

/** An open set, until a decision takes it over and closes it later. */
export class OfferedSet implements AsyncDisposable {
  readonly set: ImageSet;
  readonly #abandon = new AbortController();
  #isHandedOut = false;
  #isExaminedOn = false;

  constructor(set: ImageSet) {
    this.set = set;
  }

  /** Aborted when nobody waits for the set any more. */
  get signal(): AbortSignal {
    return this.#abandon.signal;
  }

  get isHandedOut(): boolean {
    return this.#isHandedOut;
  }

  /**
   * The decision to send it: to its end, or up to the part that is held back until `approval` says that nothing is
   * against it.
   */
  async handOut(known: Found, { conditions, isHead }: Asking, approval?: Approval): Promise<Decision> {
    const answer = await updateAnswer(this.set, conditions, approval);
    // HEAD is how to have an image checked without downloading it: that check goes on
    this.#isExaminedOn = isHead;
    this.#isHandedOut = true;
    return { ...known, answer, result: resultOf(answer), [Symbol.asyncDispose]: () => this[Symbol.asyncDispose]() };
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isExaminedOn) this.#abandon.abort(new Error('the client is gone'));
    return this.set.close();
  }
}

/** The result once `answer` was sent to its end: a range that ends with the archive completes it. */
function resultOf({ status, body }: Answer): TransferResult {
  if (status === 304) return 'not modified';
  if (body.kind !== 'archive') return 'part';
  return body.range.end === body.archive.length - 1 ? 'image' : 'part';
}
