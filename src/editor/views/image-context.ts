/** What the menus of the manifest know of an image's row besides what boards get of it. */
export interface ImageMarks {
  /** Its raw image is newer than the packed one, or alone. */
  readonly isPackable: boolean;
  /** Its box has a BOXBUILD. */
  readonly isBuildable: boolean;
  /** An earlier build of it is served in its place. */
  readonly isEarlier: boolean;
}

/** The context value of an image's row, which `when` clauses of menus match: a clause asks for a word, wherever it stands. */
export function imageContext(
  kind: 'ready' | 'wrong' | 'incomplete' | 'unpacked',
  { isPackable, isBuildable, isEarlier }: ImageMarks,
): string {
  const marks = [isPackable && 'packable', isBuildable && 'buildable', isEarlier && 'earlier'];
  return [`image.${kind}`, ...marks.filter((mark) => mark !== false)].join(' ');
}
