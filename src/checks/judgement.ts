import type { BoardConf } from '../contents/board-conf.ts';
import { foreignFault } from '../contents/contents-fault.ts';
import type { Checksums } from '../images/checksums.ts';
import type { Examination, SoundContent } from './examination.ts';
import type { Finding, Gap } from './finding.ts';

/** What the small files of a set, and its name, say of its `.img.zst`. */
export interface Claims {
  readonly image: string;
  readonly buildId: string;
  readonly checksums: Checksums;
}

/** What is let through though mkbox did not make it. */
export interface Policy {
  /** Images with a partition table, but none of what a board of mkbox needs to boot and to ask again. */
  readonly allowForeign: boolean;
}

/** The policy unless someone sets another. */
export const USUAL_POLICY: Policy = { allowForeign: false };

/** What is wrong with a set, and what could not be checked. */
export interface Judgement {
  /** Everything that is wrong, gravest first; empty if the set may be served. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

/** Whether all was looked at that tells whether a board can boot the image and ask again. */
export function isVerified({ findings, gaps }: Judgement): boolean {
  return findings.length === 0 && !gaps.some(({ kind }) => kind === 'not looked inside' || kind === 'foreign');
}

/** Compares what a set's small files and its name say with the examination of its `.img.zst`, by `policy`. */
export function judge(claims: Claims, { zstSha256, content }: Examination, policy: Policy = USUAL_POLICY): Judgement {
  const findings: Finding[] = [];
  if (zstSha256 !== claims.checksums.zst) {
    findings.push({ kind: 'digest', expected: claims.checksums.zst, actual: zstSha256 });
  }
  if (content.kind === 'damaged') {
    findings.push({ kind: 'damaged', damage: content.damage });
    return { findings, gaps: [] };
  }
  const inside = judgeInside(claims, content, policy);
  const { raw } = claims.checksums;
  if (raw !== undefined && raw !== content.rawSha256) {
    findings.push({ kind: 'raw digest', expected: raw, actual: content.rawSha256 });
  }
  return {
    findings: [...findings, ...inside.findings],
    gaps: [...(raw === undefined ? [{ kind: 'no raw digest' } as const] : []), ...inside.gaps],
  };
}

function judgeInside(claims: Claims, { inside, rawBytes }: SoundContent, { allowForeign }: Policy): Judgement {
  if (typeof inside === 'string') return { findings: [], gaps: [{ kind: 'not looked inside', why: inside }] };
  const { partitionsEnd, boardConf, faults } = inside;
  const isShort = partitionsEnd !== undefined && rawBytes < partitionsEnd;
  const size: Finding[] = isShort ? [{ kind: 'raw size', rawBytes, partitionsEnd }] : [];
  const foreign = foreignFault(inside);
  if (allowForeign && foreign !== undefined) return { findings: size, gaps: [{ kind: 'foreign', fault: foreign }] };
  const contents = faults.map((fault) => ({ kind: 'contents', fault }) as const);
  const conf = boardConf === undefined ? [] : [...judgeConf(claims, boardConf), ...unsaid(boardConf)];
  return { findings: [...size, ...contents, ...conf], gaps: [] };
}

function judgeConf({ image, buildId }: Claims, conf: BoardConf): Finding[] {
  const findings: Finding[] = [];
  if (conf.buildId !== undefined && conf.buildId !== buildId) {
    findings.push({ kind: 'build ID', inside: conf.buildId, outside: buildId });
  }
  if (conf.box !== undefined && !image.startsWith(`${conf.box}-`)) {
    findings.push({ kind: 'box', inside: conf.box });
  } else if (conf.board !== undefined && !names(image, conf.box, conf.board)) {
    findings.push({ kind: 'board', inside: conf.board });
  }
  return findings;
}

/** Whether `image` is named for that board: its name has dashes of its own, and so may the rest. */
function names(image: string, box: string | undefined, board: string): boolean {
  const name = `${image}-`;
  return box === undefined ? name.includes(`-${board}-`) : name.startsWith(`${box}-${board}-`);
}

function unsaid(conf: BoardConf): Finding[] {
  const said = { 'build ID': conf.buildId, box: conf.box, board: conf.board };
  return (['build ID', 'box', 'board'] as const)
    .filter((what) => said[what] === undefined)
    .map((what) => ({ kind: 'not said', what }));
}
