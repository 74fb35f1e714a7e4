import type { RollOut } from '../boards/roll-out.ts';

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

/** What became of a roll-out since it was `shown`. A stage that opened changes nothing: that is what it was shown to do. */
export function since({ image, build, state }: RollOut, { rollOuts, newest }: SinceParts): Since {
  const now = rollOuts.list.find((rollOut) => rollOut.image === image);
  const isAnother = newest !== undefined && newest !== build; // though no board asked for it yet
  if (now?.build !== build || isAnother) return { kind: 'replaced' };
  return now.state === state ? { kind: 'same' } : { kind: 'changed', now };
}
