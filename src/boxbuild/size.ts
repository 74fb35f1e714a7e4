/** Sizes as mkbox reads them: `numfmt --from iec`. */

/** What is wrong with a size; undefined if it is valid. */
export type SizeFault = 'none' | 'unit';

const SIZE = /^(?:\d+(?:[.,]\d+)?|[.,]\d+)[KkMGTPEZYRQ]?$/;
/** A number and a unit that numfmt doesn't take: `128MB`, `128Mi`, `128m`. */
const OTHER_UNIT = /^\d+(?:[.,]\d+)?\s*[A-Za-z]+$/;

/** Whether mkbox takes `text` for a size. A fraction's sign depends on the language, and some versions take `k`: both pass. */
export function sizeFault(text: string): SizeFault | undefined {
  if (SIZE.test(text)) return undefined;
  return OTHER_UNIT.test(text) ? 'unit' : 'none';
}

const POWERS = 'KMGTPEZYRQ';

/** A size in bytes, rounded up as numfmt does; undefined if it is not valid. */
export function sizeBytes(text: string): number | undefined {
  if (sizeFault(text) !== undefined) return undefined;
  const power = POWERS.indexOf(text.slice(-1).toUpperCase()) + 1;
  const number = Number((power === 0 ? text : text.slice(0, -1)).replace(',', '.'));
  return Math.ceil(number * 1024 ** power);
}
