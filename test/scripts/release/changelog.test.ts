import { deepEqual, equal, throws } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isDay, readChangelog, withRelease } from '../../../scripts/release/changelog.ts';

const TEXT = `# Changelog

All changes.

## [Unreleased]

### Added

- A new
  thing.

## [1.1.0] - 2026-11-28

### Fixed

- One.
- Two, which
  takes two lines.

## [1.0.0]

- The first.
`;

suite('a changelog', () => {
  test('is read into its releases, with each entry in one line', () => {
    deepEqual(readChangelog(TEXT), {
      unreleased: ['A new thing.'],
      releases: [
        { version: '1.1.0', date: '2026-11-28', items: ['One.', 'Two, which takes two lines.'] },
        { version: '1.0.0', date: undefined, items: ['The first.'] },
      ],
    });
  });

  test('has what was not released yet in the next release, and nothing else changed', () => {
    const text = withRelease(TEXT, '1.2.0', '2026-12-01');
    equal(text.replace('\n\n## [1.2.0] - 2026-12-01', ''), TEXT);
    const { unreleased, releases } = readChangelog(text);
    deepEqual(unreleased, []);
    deepEqual(releases[0], { version: '1.2.0', date: '2026-12-01', items: ['A new thing.'] });
  });

  test('without the heading for what is not released is left alone', () => {
    throws(() => withRelease('# Changelog\n', '1.2.0', '2026-12-01'), /must have one line "## \[Unreleased\]"/);
  });
});

test('a day is one of the calendar', () => {
  const days = ['2026-11-28', '2026-02-29', '2026-13-01', '2026-1-1', 'today', '2028-02-29'];
  deepEqual(days.filter(isDay), ['2026-11-28', '2028-02-29']);
});
