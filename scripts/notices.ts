import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A package whose code is in what we publish, and the licence that it comes under. */
export interface Notice {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier, as the package states it. */
  readonly license: string;
  /** The package's licence and notice files, whole. */
  readonly text: string;
}

/** Shipped beside the bundles rather than in them. */
const SHIPPED = ['@mongodb-js/zstd'];

const PACKAGE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|$)/i;

/** The packages that a build is made of, by the inputs in esbuild's metafile (`metafile.inputs`), sorted. */
export function packagesIn(inputs: Iterable<string>): string[] {
  const names = Array.from(inputs, (input) => PACKAGE.exec(input)?.[1]).filter((name) => name !== undefined);
  return [...new Set([...names, ...SHIPPED])].sort();
}

/**
 * What a package asks to travel with its code.
 * @throws when it has no licence file: then someone has to look what it does ask.
 */
export function noticeOf(root: string, name: string): Notice {
  const folder = path.join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  if (files.length === 0) throw new Error(`${name} has no licence file in ${folder}`);
  const text = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim()).join('\n\n');
  return { name, version, license, text };
}

/** The text of ThirdPartyNotices.txt for a build of these inputs, of packages below `root`. */
export function thirdPartyNotices(root: string, inputs: Iterable<string>): string {
  const notices = packagesIn(inputs).map((name) => noticeOf(root, name));
  const zstandard = readFileSync(path.join(root, 'scripts', 'licences', 'zstandard.txt'), 'utf8').trim();
  const parts = [
    'mkbox contains code of the following packages.',
    ...notices.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`),
    `Zstandard, in the binaries of @mongodb-js/zstd (BSD-3-Clause)\n\n${zstandard}`,
  ];
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
