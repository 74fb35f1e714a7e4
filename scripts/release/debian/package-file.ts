import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { arArchive } from './ar.ts';
import { foldersOf, type PackagedFile, tarOf } from './tree.ts';

const compress = promisify(gzip);

/** What a package is made of. */
export interface PackageParts {
  /** The fields of the control file, in their order; `Installed-Size` is added. */
  readonly fields: Readonly<Record<string, string>>;
  /** Maintainer scripts and `conffiles`. */
  readonly control: readonly PackagedFile[];
  readonly files: readonly PackagedFile[];
  /** The time of every file in it, in seconds since 1970. */
  readonly seconds: number;
}

/**
 * A Debian package, deb(5). It is compressed with gzip, which every dpkg reads: with xz it would be smaller by a third, but Node
 * has no xz, and with zstd by an eighth, but lintian, like Debian's archive, takes none.
 */
export async function debianPackage({ fields, control, files, seconds }: PackageParts): Promise<Buffer> {
  const { Description = '', ...others } = fields;
  const described = { ...others, 'Installed-Size': `${installedKib(files)}`, Description };
  const digests = files.map(({ path, content }) => `${createHash('md5').update(content).digest('hex')}  ${path}\n`);
  const controlFiles = [
    { path: 'control', content: Buffer.from(stanza(described)) },
    { path: 'md5sums', content: Buffer.from(digests.join('')) },
    ...control,
  ];
  const members = [
    { name: 'debian-binary', content: Buffer.from('2.0\n') },
    { name: 'control.tar.gz', content: await compress(await tarOf(controlFiles, seconds)) },
    { name: 'data.tar.gz', content: await compress(await tarOf(files, seconds)) },
  ];
  return arArchive(members, seconds);
}

/** As deb-substvars(5) has it: each file in whole KiB, and one for each folder. */
function installedKib(files: readonly PackagedFile[]): number {
  return files.reduce((sum, { content }) => sum + Math.ceil(content.length / 1024), foldersOf(files).length);
}

function stanza(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}
