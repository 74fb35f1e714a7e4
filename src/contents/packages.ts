/** A package that is installed in an image. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Bytes that it takes when it is installed. */
  readonly bytes: number;
}

/** Where Alpine's package manager keeps what is installed. */
export const PACKAGES_FILE = '/lib/apk/db/installed';

/**
 * The packages in the text of apk's database, by name (Alpine wiki, "Apk spec", "Installed Database V2"): a paragraph for
 * each, a line for each field, `P:` the name, `V:` the version, `I:` the installed size.
 */
export function parsePackages(text: string): InstalledPackage[] {
  const packages: InstalledPackage[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    const field = (letter: string): string | undefined =>
      new RegExp(`^${letter}:(.*)$`, 'm').exec(paragraph)?.[1]?.trimEnd();
    const name = field('P');
    if (name === undefined) continue;
    packages.push({ name, version: field('V') ?? '', bytes: Number.parseInt(field('I') ?? '0', 10) || 0 });
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}
