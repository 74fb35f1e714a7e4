import type { RollOut, RollOutState } from '../boards/roll-out.ts';

/** A roll-out now, against what it was when someone was shown it, who may have thought for long. */
export type Since =
  | { readonly kind: 'same' }
  /** It was halted meanwhile, goes on, or is finished. */
  | { readonly kind: 'changed'; readonly now: RollOut }
  /** Another build came. */
  | { readonly kind: 'replaced' };

/** What there is now of an image. */
export interface SinceParts {
  readonly rollOuts: { readonly list: readonly RollOut[] };
  /** Its newest build, if that is known. */
  readonly newest: string | undefined;
}

/** A build as it was shown; `state`: of its roll-out, where there was one. */
export interface Shown {
  /** `<box>/<image>`. */
  readonly image: string;
  readonly build: string;
  readonly state?: RollOutState;
}

/** What became of a build since it was `shown`. A stage that opened changes nothing: that is what it was shown to do. */
export function since({ image, build, state }: Shown, { rollOuts, newest }: SinceParts): Since {
  if (newest !== undefined && newest !== build) return { kind: 'replaced' }; // though no board asked for it yet
  const now = rollOuts.list.find((rollOut) => rollOut.image === image && rollOut.build === build);
  if (now?.state === state) return { kind: 'same' };
  return now === undefined ? { kind: 'replaced' } : { kind: 'changed', now };
}
