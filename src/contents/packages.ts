import { ENGLISH, type Words } from '../words.ts';
import type { FileTree } from './file-tree.ts';
import { gather } from './gather.ts';
import { type TreeFault, treeFaultText } from './tree-fault.ts';

/** A package that is installed in an image. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** What it was built for: `aarch64`, or `noarch`. */
  readonly arch?: string;
  /** Bytes that it takes when it is installed. */
  readonly bytes: number;
  /** In a line. */
  readonly description?: string;
  /** As an SPDX expression. */
  readonly license?: string;
  /** The package that it was built from. */
  readonly origin?: string;
}

/** Why the packages of an image are not known. */
export type PackagesFault = TreeFault | { readonly kind: 'too large' };

/** apk's database of a large system has some MB. */
const LARGEST_DATABASE_BYTES = 64 * 1024 * 1024;

/** Where Alpine's package manager keeps what is installed. */
const PACKAGES_FILE = '/lib/apk/db/installed';

/**
 * The packages in the text of apk's database, by name (Alpine wiki, "Apk spec", "Installed Database V2"): a paragraph for
 * each, a line for each field, `P:` the name, `V:` the version, `A:` the architecture, `I:` the installed size, `T:` the description, `L:` the
 * licence, `o:` the origin.
 */
export function parsePackages(text: string): InstalledPackage[] {
  const packages: InstalledPackage[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    const field = (letter: string): string | undefined =>
      new RegExp(`^${letter}:(.*)$`, 'm').exec(paragraph)?.[1]?.trimEnd();
    const name = field('P');
    if (name === undefined) continue;
    const [arch, description, license, origin] = [field('A'), field('T'), field('L'), field('o')];
    packages.push({
      name,
      version: field('V') ?? '',
      bytes: Number.parseInt(field('I') ?? '0', 10) || 0,
      ...(arch !== undefined && { arch }),
      ...(description !== undefined && { description }),
      ...(license !== undefined && { license }),
      ...(origin !== undefined && { origin }),
    });
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The packages that are installed in an image, by name.
 * @throws DamagedVolume where the database's file is damaged.
 */
export async function readPackages(tree: FileTree): Promise<InstalledPackage[] | PackagesFault> {
  const pieces = await tree.read(PACKAGES_FILE);
  if ('kind' in pieces) return pieces;
  const text = await gather(pieces, LARGEST_DATABASE_BYTES);
  return text === undefined ? { kind: 'too large' } : parsePackages(text.toString());
}

/** Why the packages are not known, in words. */
export function packagesFaultText(fault: PackagesFault, words: Words = ENGLISH): string {
  return fault.kind === 'too large'
    ? words.t('{0} is too large to be a list of packages', PACKAGES_FILE)
    : treeFaultText(PACKAGES_FILE, fault, words);
}
