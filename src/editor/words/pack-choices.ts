import type { CatalogImage, CatalogSnapshot, UnpackedImage } from '../../images/catalog.ts';
import type { Words } from './words.ts';

/** An image that can be packed, and what its raw file is beside its set. */
export interface PackChoice {
  readonly image: CatalogImage | UnpackedImage;
  readonly raw: 'unpacked' | 'newer' | 'older';
}

/** The images of which there is a raw file: first those that boards can't get as it is. */
export function packChoices({ images, shadowed, unpacked }: CatalogSnapshot): PackChoice[] {
  const choices: PackChoice[] = unpacked.map((image) => ({ image, raw: 'unpacked' }));
  for (const image of [...images, ...shadowed]) if (image.raw !== undefined) choices.push({ image, raw: image.raw });
  const last = ({ raw }: PackChoice) => Number(raw === 'older');
  return choices.sort((a, b) => last(a) - last(b) || (a.image.id < b.image.id ? -1 : 1));
}

/** Why someone would pack it, or would not. */
export function packReason({ raw }: PackChoice, words: Words): string {
  switch (raw) {
    case 'unpacked':
      return words.t('not packed');
    case 'newer':
      return words.t('raw image is newer');
    case 'older':
      return words.t('packed already');
  }
}
