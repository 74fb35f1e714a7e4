/** Whether what is checked out can be released: git, package.json and CHANGELOG.md must say the same. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../src/errors.ts';
import { type Changelog, isDay, readChangelog } from './changelog.ts';

/** What is released. */
export interface Release {
  /** The project's folder. */
  readonly root: string;
  /** `1.2.3` */
  readonly version: string;
  /** The ID of the commit. */
  readonly commit: string;
  /** When that was made, in seconds since 1970: the time of every file in it, so that the same commit gives the same files. */
  readonly seconds: number;
  /** Who releases, as `Name <address>`: DEBFULLNAME and DEBEMAIL as in Debian, else who committed. */
  readonly maintainer: string;
  readonly changelog: Changelog;
}

/** What is looked at. */
export interface ReleaseFacts {
  /** Files that are changed, new or gone, as paths. */
  readonly changes: readonly string[];
  /** The tags of the commit, by name. */
  readonly tags: readonly string[];
  /** The version in package.json, and that in package-lock.json. */
  readonly version: string;
  readonly lockVersion: string;
  readonly changelog: Changelog;
}

const VERSION = /^\d+\.\d+\.\d+$/;
const MOST_NAMED = 5;

/** Why it can't be released, a sentence each; nothing if it can. */
export function releaseFaults({ changes, tags, version, lockVersion, changelog }: ReleaseFacts): string[] {
  const faults: string[] = [];
  if (changes.length > 0) {
    const named = changes.slice(0, MOST_NAMED).join(', ');
    const more = changes.length > MOST_NAMED ? `, and ${changes.length - MOST_NAMED} more` : '';
    faults.push(`the working tree is not clean (${named}${more}): commit or remove what is not committed`);
  }
  if (!VERSION.test(version)) faults.push(`the version in package.json is ${version}, and must be like 1.2.3`);
  if (lockVersion !== version) {
    faults.push(`package-lock.json has the version ${lockVersion}, package.json has ${version}: run npm install`);
  }
  const versions = tags.filter((tag) => /^v\d/.test(tag));
  if (versions.length === 0) {
    faults.push(`this commit has no tag v${version}: npm version makes it, see docs/releasing.md`);
  } else if (!versions.includes(`v${version}`)) {
    faults.push(`this commit is tagged ${versions.join(', ')}, but package.json has the version ${version}`);
  }
  return [...faults, ...changelogFaults(changelog, version)];
}

function changelogFaults({ unreleased, releases }: Changelog, version: string): string[] {
  const faults: string[] = [];
  const notes = releases.find((release) => release.version === version);
  if (notes === undefined) faults.push(`CHANGELOG.md has no section "## [${version}] - <date>"`);
  else if (notes.date === undefined || !isDay(notes.date)) {
    faults.push(`CHANGELOG.md has no date at ${version}: "## [${version}] - 2026-11-28"`);
  } else if (notes.items.length === 0) faults.push(`CHANGELOG.md says nothing of ${version}`);
  if (unreleased.length > 0) {
    faults.push(`CHANGELOG.md has ${unreleased.length} unreleased entries above ${version}: put them into its section`);
  }
  return faults;
}

/**
 * The release that is checked out at `root`.
 * @throws UserError with all that keeps it from being one
 */
export function releaseAt(root: string): Release {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trimEnd();
  const lines = (...args: string[]) =>
    git(...args)
      .split('\n')
      .filter(Boolean);
  const read = (name: string) => readFileSync(path.join(root, name), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  const changelog = readChangelog(read('CHANGELOG.md'));
  const faults = releaseFaults({
    changes: lines('status', '--porcelain').map((line) => line.slice(3)),
    tags: lines('tag', '--points-at', 'HEAD'),
    version,
    lockVersion: JSON.parse(read('package-lock.json')).version,
    changelog,
  });
  if (faults.length > 0)
    throw new UserError(['This is no release:', ...faults.map((fault) => `- ${fault}`)].join('\n'));
  const [commit = '', seconds = '', name = '', address = ''] = lines('log', '-1', '--format=%H%n%ct%n%cn%n%ce');
  const { DEBFULLNAME = name, DEBEMAIL = address } = process.env;
  return { root, version, commit, seconds: Number(seconds), maintainer: `${DEBFULLNAME} <${DEBEMAIL}>`, changelog };
}
