/** The bill of materials of a release: the packages whose code is in what we publish, as CycloneDX 1.6 (ECMA-424). */
import { uuidOf } from '../../src/contents/bill-of-materials.ts';
import { packagesIn } from '../notices.ts';
import { lockedPackage, type NpmPackage } from '../npm-packages.ts';
import { TARGETS } from '../targets.ts';
import { NODE_RUNTIMES, NODE_VERSION } from './node-runtime.ts';
import type { Release } from './readiness.ts';

/**
 * The bill of `release`, whose bundles were made of `inputs` (esbuild's `metafile.inputs`). The same commit gives the same
 * bill.
 */
export function billOfRelease({ version, commit, seconds }: Release, inputs: Iterable<string>): object {
  const ref = `pkg:npm/mkbox@${version}`;
  const bundled = packagesIn(inputs).map((name) => libraryOf(lockedPackage(name)));
  const binaries = Object.values(TARGETS).map((name) => libraryOf(lockedPackage(name)));
  const zstandard = { type: 'library', 'bom-ref': 'zstandard', name: 'zstandard', ...licences('BSD-3-Clause') };
  const runtimes = Object.values(NODE_RUNTIMES).map((runtime) => ({
    ...libraryOf({ ...runtime, license: 'MIT' }),
    type: 'platform',
    description: `Node.js ${NODE_VERSION}, in the Debian packages`,
  }));
  const direct = [...bundled, ...binaries, ...runtimes];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(commit)}`,
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': ref,
        name: 'mkbox',
        version,
        ...licences('MIT'),
        purl: ref,
        properties: [{ name: 'mkbox:commit', value: commit }],
      },
    },
    components: [...direct, zstandard],
    dependencies: [
      { ref, dependsOn: direct.map((component) => component['bom-ref']) },
      ...binaries.map((component) => ({ ref: component['bom-ref'], dependsOn: ['zstandard'] })),
    ],
  };
}

function libraryOf({ name, version, integrity, license }: NpmPackage & { readonly license: string }) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const digest = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    hashes: [{ alg: 'SHA-512', content: digest }],
    ...licences(license),
    purl,
  };
}

/** `license` is an SPDX identifier. */
function licences(license: string): object {
  return { licenses: [{ license: { id: license } }] };
}
