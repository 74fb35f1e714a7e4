import type { Finding, Gap } from '../checks/finding.ts';
import type { ChecksumsFault } from '../images/checksums.ts';

/** A step of a trial that is done, in the order in which a board does them. */
export type TrialStep = TrialDeed & {
  /** Milliseconds since the trial began. */
  readonly atMs: number;
};

/** What was done in a step. */
export type TrialDeed =
  | { readonly kind: 'asked'; readonly url: string }
  /** `bytes`: as long as the body says it is; undefined where it does not say. */
  | { readonly kind: 'answered'; readonly status: number; readonly bytes: number | undefined }
  | { readonly kind: 'downloaded'; readonly bytes: number }
  | { readonly kind: 'checksum right'; readonly image: string }
  | { readonly kind: 'decompressed'; readonly rawBytes: number }
  | { readonly kind: 'raw digest right' }
  | { readonly kind: 'looked inside'; readonly box: string; readonly board: string; readonly build: string }
  /** What could not be checked, and a board does not check either. */
  | { readonly kind: 'unknown'; readonly gap: Gap }
  /** As the board will after its restart; `status` is of that answer. */
  | { readonly kind: 'asked again'; readonly build: string; readonly status: number };

/** Where a trial ends that does not fail: what a board would do. */
export type TrialEnd =
  /** `build` is undefined where there was no room to look inside. */
  | { readonly kind: 'flash'; readonly box: string; readonly board: string; readonly build: string | undefined }
  | { readonly kind: 'up to date' }
  | { readonly kind: 'failure'; readonly failure: TrialFailure };

/** Why a board would not end up with a build that it runs. */
export type TrialFailure =
  /** Anything but 200; `text` is what the answer says, cut to a line. */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }
  /** The connection ended before the body did; `total` is undefined where its length was not said. */
  | { readonly kind: 'cut off'; readonly bytes: number; readonly total: number | undefined }
  /** Nothing came for so long; a board has no limit and waits. */
  | { readonly kind: 'silent'; readonly seconds: number; readonly bytes: number }
  | { readonly kind: 'not a tar' }
  /** The tar has files in it, and not both of those that a board needs. */
  | { readonly kind: 'member missing'; readonly suffix: '.img.zst' | '.img.sha256' }
  | { readonly kind: 'checksums'; readonly image: string; readonly fault: ChecksumsFault }
  | { readonly kind: 'finding'; readonly image: string; readonly finding: Finding }
  /** Asked with the build that is inside, the server sends an image again. */
  | { readonly kind: 'flashes for ever'; readonly build: string };

/** What a board has on its disk after a failure. */
export type Aftermath =
  /** What it had before: it says "up to date", and boots on. */
  | 'untouched'
  /** Half an image, or one that it can't use. */
  | 'broken'
  /** The image, and it flashes that again at every boot. */
  | 'reflashing';

/** What a board has on its disk after `failure`. */
export function aftermath(failure: TrialFailure): Aftermath {
  if (failure.kind === 'flashes for ever') return 'reflashing';
  if (failure.kind !== 'finding') return 'untouched';
  return failure.finding.kind === 'digest' ? 'untouched' : 'broken';
}
