import type { BoardConf } from '../contents/board-conf.ts';
import type { Checksums } from '../images/checksums.ts';
import type { Examination, SoundContent } from './examination.ts';
import type { Finding, Gap } from './finding.ts';

/** What the small files of a set, and its name, say of its `.img.zst`. */
export interface Claims {
  readonly image: string;
  readonly buildId: string;
  readonly checksums: Checksums;
}

/** What a set amounts to. */
export interface Judgement {
  /** All that is wrong, gravest first; none where the set may be handed out. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

/** Holds what a set's small files and its name say against what its `.img.zst` was found to be. */
export function judge(claims: Claims, { zstSha256, content }: Examination): Judgement {
  const findings: Finding[] = [];
  if (zstSha256 !== claims.checksums.zst) {
    findings.push({ kind: 'digest', expected: claims.checksums.zst, actual: zstSha256 });
  }
  if (content.kind === 'damaged') {
    findings.push({ kind: 'damaged', damage: content.damage });
    return { findings, gaps: [] };
  }
  const inside = judgeInside(claims, content);
  const { raw } = claims.checksums;
  if (raw !== undefined && raw !== content.rawSha256) {
    findings.push({ kind: 'raw digest', expected: raw, actual: content.rawSha256 });
  }
  return {
    findings: [...findings, ...inside.findings],
    gaps: [...(raw === undefined ? [{ kind: 'no raw digest' } as const] : []), ...inside.gaps],
  };
}

function judgeInside(claims: Claims, { inside, rawBytes }: SoundContent): Judgement {
  if (inside === undefined) return { findings: [], gaps: [{ kind: 'not looked inside' }] };
  const { partitionsEnd, boardConf, fault } = inside;
  if (partitionsEnd === undefined) return { findings: [{ kind: 'no partition table' }], gaps: [] };
  const findings: Finding[] = rawBytes < partitionsEnd ? [{ kind: 'raw size', rawBytes, partitionsEnd }] : [];
  if (boardConf === undefined) {
    return { findings, gaps: fault === undefined ? [] : [{ kind: 'no board.conf', fault }] };
  }
  return { findings: [...findings, ...judgeConf(claims, boardConf), ...unsaid(boardConf)], gaps: [] };
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
