/** What can be typed at a place in a BOXBUILD. */

/** Where the cursor is. */
export type Spot =
  /** At the beginning of a command; `isFirst` if only comments precede it. */
  | { readonly kind: 'command'; readonly isFirst: boolean }
  /** Behind a dollar sign. */
  | { readonly kind: 'variable' }
  /** The argument of `extend`, from the offset `start` on. */
  | { readonly kind: 'extend'; readonly start: number }
  /** The runlevel of a service. */
  | { readonly kind: 'runlevel' };

/** OpenRC's runlevels. */
export const RUNLEVELS = ['sysinit', 'boot', 'default', 'shutdown'] as const;

/** What is being typed at the end of `before`, the text up to the cursor; undefined where mkbox has nothing to offer. */
export function spotAt(before: string): Spot | undefined {
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.slice(lineStart);
  if (/^\s*#|\s#/.test(line)) return undefined;
  const extend = /^\s*extend\s+(?=\S*$)/.exec(line);
  if (extend !== null) return { kind: 'extend', start: lineStart + extend[0].length };
  if (/^\s*(?:en|dis)able_service\s+\S+\s+"?\w*$/.test(line)) return { kind: 'runlevel' };
  if (/\$\{?\w*$/.test(line)) return { kind: 'variable' };
  if (!/(?:^|[;{(]|&&|\|\|)\s*\w*$/.test(line) || /=\(\s*\w*$/.test(line)) return undefined;
  const isInArray = /=\([^)]*$/.test(before.replaceAll(/#.*$/gm, ''));
  return isInArray ? undefined : { kind: 'command', isFirst: !/^\s*[^#\s]/m.test(before.slice(0, lineStart)) };
}
