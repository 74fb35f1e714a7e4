/** CHANGELOG.md, in the form of Keep a Changelog: a section for what is not released yet, and one for each release. */

/** A section about a release. */
export interface ReleaseNotes {
  readonly version: string;
  /** The day of the release, as it stands there: `2026-11-28`. */
  readonly date: string | undefined;
  /** Its list items, each in one line. */
  readonly items: readonly string[];
}

export interface Changelog {
  /** The list items of what is not released yet. */
  readonly unreleased: readonly string[];
  /** Newest first. */
  readonly releases: readonly ReleaseNotes[];
}

const UNRELEASED = '## [Unreleased]';
const HEADING = /^## \[([^\]]+)\](?: - (\S+))?\s*$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads what stands in a CHANGELOG.md. */
export function readChangelog(text: string): Changelog {
  const sections = text.split(/^(?=## )/m).flatMap((section) => {
    const [heading = '', ...lines] = section.split('\n');
    const [, version, date] = HEADING.exec(heading) ?? [];
    return version === undefined ? [] : [{ version, date, items: itemsOf(lines) }];
  });
  return {
    unreleased: sections.find(({ version }) => version === 'Unreleased')?.items ?? [],
    releases: sections.filter(({ version }) => version !== 'Unreleased'),
  };
}

function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    const [, start] = /^- (.*)/.exec(line) ?? [];
    const [, more] = /^ {2}(.*)/.exec(line) ?? [];
    if (start !== undefined) items.push(start.trim());
    else if (more !== undefined) items.push([items.pop(), more.trim()].join(' ').trim());
  }
  return items;
}

/** Whether a text is a day of the calendar, as `2026-11-28`. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

/** The text with what was not released yet as the release `version` of the day `date`. Nothing else changes. */
export function withRelease(text: string, version: string, date: string): string {
  const parts = text.split(`${UNRELEASED}\n`);
  if (parts.length !== 2) throw new Error(`CHANGELOG.md must have one line "${UNRELEASED}"`);
  return parts.join(`${UNRELEASED}\n\n## [${version}] - ${date}\n`);
}
