/** What may be wrong with a file of an image set. */
export type SetProblem =
  | 'missing'
  | 'empty'
  | 'link'
  | 'not a file'
  | 'outside'
  | 'forbidden'
  | 'unreadable'
  | 'being written'
  | 'too large'
  | 'no checksum'
  | 'no build ID';

/** Why a set can't be handed out: which of its files, and what is wrong with it. */
export interface SetFault {
  readonly file: string;
  readonly problem: SetProblem;
}

const WORDS: Record<SetProblem, string> = {
  missing: 'is missing',
  empty: 'is empty',
  link: 'is a symbolic link; put the file itself there',
  'not a file': 'is not a regular file',
  outside: 'lies outside the image folder',
  forbidden: 'can not be read; check its permissions',
  unreadable: 'can not be read; check the disk it is on',
  'being written': 'is being written',
  'too large': 'is far larger than such a file can be',
  'no checksum':
    'has no line for the .img.zst under exactly its name, or one that boards can not check: capitals, or another .img.zst',
  'no build ID': 'does not begin with 64 hexadecimal digits',
};

/** The fault in English, as one clause: the file, and what is wrong with it. */
export function faultText({ file, problem }: SetFault): string {
  return `${file} ${WORDS[problem]}`;
}

/** Whether the file is there, as far as is known, and can't be read for a reason that may pass. */
export function mayPass({ problem }: SetFault): boolean {
  return problem === 'unreadable' || problem === 'forbidden';
}
