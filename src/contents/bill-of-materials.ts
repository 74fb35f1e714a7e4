import { createHash } from 'node:crypto';
import { parseBoardConf } from './board-conf.ts';
import type { Inventory } from './inventory.ts';
import type { InstalledPackage } from './packages.ts';
import { isSpdxExpression } from './spdx-expression.ts';

/** Our own namespace for names of UUIDs (RFC 9562, section 5.5), made at random once. */
const NAMESPACE = '6f0a3c52-9f5e-4d0b-8a43-2f1f8f0c7be1';

/** What is said beside the inventory. */
export interface BillFacts {
  /** SHA-256 of the raw image, in lower-case hexadecimal digits. */
  readonly sha256: string;
  /** The version of the program that makes it. */
  readonly toolVersion: string;
}

/**
 * The software in an image as CycloneDX 1.6 (ECMA-424) has it: the packages, by their package URLs. The same image gives the
 * same bill: it has no time, and its serial number follows from the build.
 */
export function billOfMaterials(inventory: Inventory, { sha256, toolVersion }: BillFacts): object {
  const { image, packages, boardConf } = inventory;
  const { buildId, ...conf } = parseBoardConf(boardConf.join('\n'));
  const components = new Map(packages.map((installed) => [packageUrl(installed), installed]));
  const ref = `image:${buildId ?? sha256}`;
  const properties = Object.entries({
    buildId,
    box: conf.box,
    board: conf.board,
    branch: conf.branch,
    arch: conf.arch,
  });
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(buildId ?? sha256)}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'mkbox update-server', version: toolVersion }] },
      component: {
        type: 'operating-system',
        'bom-ref': ref,
        name: image,
        version: conf.version ?? buildId ?? sha256,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        properties: properties.flatMap(([name, value]) =>
          value === undefined ? [] : [{ name: `mkbox:${name}`, value }],
        ),
      },
    },
    components: Array.from(components, ([url, installed]) => componentOf(url, installed)),
    dependencies: [{ ref, dependsOn: [...components.keys()] }],
  };
}

function componentOf(url: string, { name, version, bytes, description, license, origin }: InstalledPackage): object {
  return {
    type: 'library',
    'bom-ref': url,
    name,
    version,
    ...(description && { description }),
    ...(license && {
      licenses: [isSpdxExpression(license) ? { expression: license } : { license: { name: license } }],
    }),
    purl: url,
    properties: [
      { name: 'mkbox:installedBytes', value: `${bytes}` },
      ...(origin ? [{ name: 'mkbox:origin', value: origin }] : []),
    ],
  };
}

/** As the package URL specification has it for the type apk: lower case, and `%` and hexadecimal digits for all but letters, digits, and `.-_~:`. */
export function packageUrl({ name, version, arch }: InstalledPackage): string {
  const at = version === '' ? '' : `@${encoded(version)}`;
  const qualifiers = arch === undefined || arch === '' ? '' : `?arch=${encoded(arch)}`;
  return `pkg:apk/alpine/${encoded(name.toLowerCase())}${at}${qualifiers}`;
}

function encoded(text: string): string {
  const code = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, code)
    .replaceAll('%3A', ':');
}

/** A UUID of version 5 in our namespace: SHA-1 of the namespace and the name. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
