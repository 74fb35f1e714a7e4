import type { Examination, SoundContent } from '../../src/checks/examination.ts';
import type { BoardConf } from '../../src/contents/board-conf.ts';
import { smallImage } from '../fixtures/smallest-image.ts';

/** What an examination found, where it is not the usual. */
export interface ExaminationLike extends Partial<SoundContent> {
  readonly zstSha256?: string;
  /** What the board.conf inside says; that of the box `box` for the board `pi` unless told. */
  readonly conf?: BoardConf;
}

const CONF: BoardConf = { box: 'box', board: 'pi', buildId: 'a'.repeat(64) };

/** What was found of a sound `.img.zst`, whose digest is twos and whose raw image is that of `writeSet` for `box-pi-main`. */
export function examination({
  zstSha256 = '2'.repeat(64),
  conf = CONF,
  ...content
}: ExaminationLike = {}): Examination {
  return {
    zstSha256,
    examinedAtMs: Date.UTC(2024, 0, 3, 12),
    content: {
      kind: 'sound',
      frames: 1,
      windowBytes: 2 ** 23,
      isChecksummed: true,
      rawSha256: smallImage({ box: 'box', image: 'box-pi-main', buildId: 'a'.repeat(64) }).rawSha256,
      rawBytes: 252_000_000,
      inside: { partitionsEnd: 252_000_000, boardConf: conf, faults: [] },
      ...content,
    },
  };
}
