/** A file in an image, as it is named on the command line. */
export interface ImageAddress {
  /** `<box>/<image>`, `<image>`, or the path of an `.img` or `.img.zst`. */
  readonly image: string;
  /** Whether `image` is a path. */
  readonly isFile: boolean;
  readonly tree: 'root' | 'initramfs';
  /** From the tree's root; it begins with a slash. */
  readonly path: string;
}

/** `<box>/<image>:` or `<image>:`, which neither begins as `./x.img` or `C:\x.img` do nor ends as `x.img:`. */
const IN_IMAGE = /^(?![A-Za-z]:[\\/])[^./\\:][^/\\:]*(?:\/[^./\\:][^/\\:]*)?(?<!\.img|\.img\.zst):/;
/** The path of an image file ends so, at the end or before a colon: it may have colons itself (`C:\boxes\x.img`). */
const FILE_ADDRESS = /^(.+?\.img(?:\.zst)?)(?::(.*))?$/s;
const INITRAMFS = /^initramfs(?::(.*))?$/s;

/**
 * Reads `IMAGE`, `IMAGE:PATH` or `IMAGE:initramfs[:PATH]`. A file of that name in the root folder is `IMAGE:/initramfs`, and
 * the path of an image file with a colon in a name is written `./a:b.img`: `a:b.img` is a file in the image `a`.
 */
export function parseImageAddress(text: string): ImageAddress {
  const file = IN_IMAGE.test(text) ? null : FILE_ADDRESS.exec(text);
  const colon = text.indexOf(':');
  const [image, rest] =
    file !== null
      ? [file[1] ?? text, file[2]]
      : colon === -1
        ? [text, undefined]
        : [text.slice(0, colon), text.slice(colon + 1)];
  const inInitramfs = INITRAMFS.exec(rest ?? '');
  const path = inInitramfs === null ? (rest ?? '') : (inInitramfs[1] ?? '');
  return {
    image,
    isFile: file !== null,
    tree: inInitramfs === null ? 'root' : 'initramfs',
    path: path.startsWith('/') ? path : `/${path}`,
  };
}
