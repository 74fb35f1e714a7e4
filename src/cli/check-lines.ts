import { insideOf } from '../checks/examination.ts';
import type { Finding, Gap } from '../checks/finding.ts';
import { findingText, gapText } from '../checks/finding-text.ts';
import type { Verdict } from '../checks/verdict.ts';
import type { ContentsFault } from '../contents/contents-fault.ts';
import { otherNameInside } from '../images/image-parts.ts';

/** A verdict that came of reading the file to its end. */
type Known = Extract<Verdict, { kind: 'right' | 'wrong' }>;

const MIB = 2 ** 20;

/**
 * One line for each check of `image`, in the order a board would meet the fault: what is right, what is wrong, and what
 * could not be checked.
 */
export function checkLines(image: string, verdict: Known): string[] {
  const findings = verdict.kind === 'wrong' ? verdict.findings : [];
  const wrong = findings.map((finding) => `WRONG    ${findingText(image, finding)}`);
  const unknown = verdict.gaps.map((gap) => (gap.kind === 'foreign' ? gapText(gap) : `unknown  ${gapText(gap)}`));
  return [...rightLines(verdict, findings), ...wrong, ...noteLines(image, verdict), ...unknown];
}

/** A board that runs a renamed image asks for the one whose name stands inside. */
function noteLines(image: string, { examination }: Known): string[] {
  const { box, board, branch, version } = insideOf(examination)?.boardConf ?? {};
  if (box === undefined || board === undefined || !image.startsWith(`${box}-${board}`)) return [];
  const other = otherNameInside(image, { box, board, ...(branch && { branch }), ...(version && { version }) });
  return other === undefined
    ? []
    : [`note     board.conf says ${other}: a board that runs the image asks for that next`];
}

/** Whether there is no root file system, as far as is known: without a partition table nobody looked for one. */
function isOfRoot(fault: ContentsFault): boolean {
  return fault === 'no root file system' || fault === 'no partition table' || fault === 'GPT';
}

function rightLines({ examination, gaps }: Known, findings: readonly Finding[]): string[] {
  const { zstSha256, content } = examination;
  const isWrong = (...kinds: Finding['kind'][]) => findings.some(({ kind }) => kinds.includes(kind));
  const isUnknown = (...kinds: Gap['kind'][]) => gaps.some(({ kind }) => kinds.includes(kind));
  const right: string[] = [];
  if (!isWrong('digest')) right.push(`SHA-256 of the .img.zst: ${zstSha256}`);
  if (content.kind === 'damaged') return right.map((line) => `right    ${line}`);
  const { frames, windowBytes, isChecksummed, rawSha256, rawBytes } = content;
  const inside = insideOf(examination);
  const memory = Math.max(1, Math.round(windowBytes / MIB));
  right.push(
    `zstd: ${frames} ${frames === 1 ? 'frame' : 'frames'}, ${isChecksummed ? 'with' : 'without'} checksums, a board needs ${memory} MiB`,
  );
  if (!isWrong('raw digest') && !isUnknown('no raw digest')) right.push(`SHA-256 of the raw image: ${rawSha256}`);
  if (inside?.partitionsEnd !== undefined && !isWrong('raw size')) {
    right.push(`raw image: ${rawBytes} bytes, its partitions end at ${inside.partitionsEnd}`);
  }
  const conf = inside?.boardConf;
  if (conf !== undefined) right.push('boot files: initramfs, with board.conf in it');
  if (inside !== undefined && !inside.faults.some(isOfRoot)) right.push('root file system: ext');
  if (conf?.buildId !== undefined && !isWrong('build ID')) right.push(`build ID inside: ${conf.buildId}`);
  if (conf?.box !== undefined && !isWrong('box')) right.push(`box inside: ${conf.box}`);
  if (conf?.board !== undefined && !isWrong('box', 'board')) right.push(`board inside: ${conf.board}`);
  return right.map((line) => `right    ${line}`);
}
