import { capabilitiesIn } from '../../contents/capabilities.ts';
import { modeText } from '../../contents/file-mode.ts';
import type { TreeFile } from '../../contents/file-tree.ts';
import type { Words } from '../../words.ts';
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

/** What a tooltip tells of a file besides: its extended attributes, a line each, with capabilities in words. */
export function attributeLines({ attributes = [], attributesFault }: TreeFile, words: Words, locale: string): string[] {
  const lines = attributes.map((attribute) => {
    const { name, bytes } = attribute;
    return `${name}: ${capabilitiesIn(attribute) ?? bytesText(bytes, locale)}`;
  });
  const fault = attributesFault && words.t("extended attributes can't be read: {0}", attributesFault);
  return fault ? [...lines, fault] : lines;
}
