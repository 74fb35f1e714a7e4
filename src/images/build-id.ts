/** A build ID as mkbox writes it: 64 hexadecimal digits. */
const BUILD_ID = /^[0-9a-fA-F]{64}$/;

/** Bytes read of a `.img.buildID` at most: a digest, two spaces and a file name (255 bytes in any common file system). */
export const BUILD_ID_FILE_LIMIT = 4096;

/**
 * The build ID in the text of a `.img.buildID`: what stands before the first space of its first line. Undefined when
 * that is not 64 hexadecimal digits.
 */
export function parseBuildId(text: string): string | undefined {
  const [id = ''] = text.split(/[ \t\r\n]/, 1);
  return BUILD_ID.test(id) ? id : undefined;
}

/** A build ID as people tell builds apart: its first seven digits, as Git shortens its own. */
export function shortBuildId(buildId: string): string {
  return buildId.slice(0, 7);
}
