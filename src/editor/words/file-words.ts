import { modeText } from '../../contents/file-mode.ts';
import type { TreeFile } from '../../contents/file-tree.ts';
import { bytesText } from './words.ts';

/** What there is to tell of a file inside an image: where a link leads, or size, permissions and owner. */
export function fileDescription({ status, target }: TreeFile, locale: string): string {
  const { type, mode, uid, gid, bytes, device } = status;
  if (target !== undefined) return `→ ${target}`;
  const owner = uid === 0 && gid === 0 ? [] : [`${uid}:${gid}`];
  const size = type === 'file' ? [bytesText(bytes, locale)] : [];
  const numbers = device === undefined ? [] : [`${device.major}, ${device.minor}`];
  return [...size, ...numbers, modeText(type, mode), ...owner].join(' · ');
}
