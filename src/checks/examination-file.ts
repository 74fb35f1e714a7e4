import { crc32 } from 'node:zlib';
import { is } from 'valibot';
import { replaceFile } from '../replace-file.ts';
import type { Examination } from './examination.ts';
import { keptExamination } from './examination-schema.ts';

/**
 * The version of the file's format; the contents of others are examined again. The second has examinations that look at
 * the boot partition whatever its type, and read the initramfs to its end; the third, all archives in the initramfs, and
 * the partitions of a GPT.
 */
const FORMAT = 3;

/**
 * Keeps examinations, by their keys, in a file, in place of those that it has. Each has a checksum: a changed digit would
 * refuse a valid image. @throws system errors
 */
export function writeExaminations(
  filePath: string,
  examinations: readonly (readonly [string, Examination])[],
): Promise<void> {
  const entries = examinations.map(([key, examination]) => [key, examination, checksumOf(key, examination)]);
  return replaceFile(filePath, [JSON.stringify({ format: FORMAT, examinations: entries })]);
}

/** What is whole of a file's text, and what is not. That it has another form is no damage. */
export function parseExaminations(text: string): {
  readonly known: Map<string, Examination>;
  readonly damage?: string;
} {
  const known = new Map<string, Examination>();
  let file: { format?: unknown; examinations?: unknown } | null;
  try {
    file = JSON.parse(text);
  } catch {
    return { known, damage: 'it is not JSON' };
  }
  const { format, examinations } = file ?? {};
  if (isOlder(format)) return { known };
  if (format !== FORMAT) return { known, damage: `its format is ${JSON.stringify(format)}, not ${FORMAT}` };
  if (!Array.isArray(examinations)) return { known, damage: 'it has no examinations' };
  for (const entry of examinations) {
    const [key, examination, checksum] = Array.isArray(entry) ? entry : [];
    if (typeof key !== 'string' || !is(keptExamination, examination)) continue;
    if (checksum === checksumOf(key, examination)) known.set(key, examination);
  }
  const lost = examinations.length - known.size;
  return lost === 0 ? { known } : { known, damage: `${lost} of ${examinations.length} entries are not valid` };
}

function isOlder(format: unknown): boolean {
  return Number.isInteger(format) && Number(format) > 0 && Number(format) < FORMAT;
}

function checksumOf(key: string, examination: Examination): number {
  return crc32(JSON.stringify([key, examination]));
}
