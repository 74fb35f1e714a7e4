import type { ChecksumsFault } from './checksums.ts';

/** What may be wrong with a file of an image set, apart from its content. */
export type FileProblem =
  | 'missing'
  | 'empty'
  | 'link'
  | 'not a file'
  | 'outside'
  | 'forbidden'
  | 'unreadable'
  | 'being written'
  | 'too large'
  | 'no build ID';

/** Why a set can't be served: which of its files, and what is wrong with it. */
export type SetFault =
  | { readonly file: string; readonly problem: FileProblem }
  | { readonly file: string; readonly problem: 'no checksum'; readonly checksums: ChecksumsFault };

/** Whether the file exists, as far as is known, and can't be read for a reason that may pass. */
export function mayPass({ problem }: SetFault): boolean {
  return problem === 'unreadable' || problem === 'forbidden';
}
