import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readChangelog } from '../../../scripts/release/changelog.ts';
import { type ReleaseFacts, releaseFaults } from '../../../scripts/release/readiness.ts';

const READY: ReleaseFacts = {
  changes: [],
  tags: ['v1.2.3', 'nightly'],
  version: '1.2.3',
  lockVersion: '1.2.3',
  changelog: readChangelog('## [Unreleased]\n\n## [1.2.3] - 2026-11-28\n\n- Something.\n'),
};

const section = (text: string) => ({ changelog: readChangelog(text) });

/** What is wrong in each case, and what is said of it. */
const CASES: Record<string, readonly [facts: Partial<ReleaseFacts>, ...faults: string[]]> = {
  'nothing is wrong': [{}],
  'files are not committed': [
    { changes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
    'the working tree is not clean (a, b, c, d, e, and 2 more): commit or remove what is not committed',
  ],
  'there is no tag': [
    { tags: ['nightly'] },
    'this commit has no tag v1.2.3: npm version makes it, see docs/releasing.md',
  ],
  'the tag is of another version': [
    { tags: ['v1.2.4'] },
    'this commit is tagged v1.2.4, but package.json has the version 1.2.3',
  ],
  'the lock file has another version': [
    { lockVersion: '1.2.2' },
    'package-lock.json has the version 1.2.2, package.json has 1.2.3: run npm install',
  ],
  'the changelog has no section': [
    section('## [1.2.2] - 2026-11-01\n\n- Something.\n'),
    'CHANGELOG.md has no section "## [1.2.3] - <date>"',
  ],
  'the section has no date': [
    section('## [1.2.3]\n\n- Something.\n'),
    'CHANGELOG.md has no date at 1.2.3: "## [1.2.3] - 2026-11-28"',
  ],
  'the date is none': [
    section('## [1.2.3] - soon\n\n- Something.\n'),
    'CHANGELOG.md has no date at 1.2.3: "## [1.2.3] - 2026-11-28"',
  ],
  'the section is empty': [section('## [1.2.3] - 2026-11-28\n'), 'CHANGELOG.md says nothing of 1.2.3'],
  'something is not in the section': [
    section('## [Unreleased]\n\n- Late.\n\n## [1.2.3] - 2026-11-28\n\n- Something.\n'),
    'CHANGELOG.md has 1 unreleased entries above 1.2.3: put them into its section',
  ],
};

suite('what keeps a commit from being released, when', () => {
  for (const [name, [facts, ...faults]] of Object.entries(CASES)) {
    test(name, () => deepEqual(releaseFaults({ ...READY, ...facts }), faults));
  }

  test('the version is not of three numbers', () => {
    deepEqual(releaseFaults({ ...READY, version: '1.2.3-rc.1', lockVersion: '1.2.3-rc.1', tags: ['v1.2.3-rc.1'] }), [
      'the version in package.json is 1.2.3-rc.1, and must be like 1.2.3',
      'CHANGELOG.md has no section "## [1.2.3-rc.1] - <date>"',
    ]);
  });
});
