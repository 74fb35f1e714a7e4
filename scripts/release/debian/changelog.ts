import type { ReleaseNotes } from '../changelog.ts';

const LINE_WIDTH = 78;

/**
 * The releases as deb-changelog(5) has them, newest first. Those without a date are left out.
 * @param maintainer `Name <address>`
 */
export function debianChangelog(releases: readonly ReleaseNotes[], maintainer: string): string {
  return releases
    .flatMap(({ version, date, items }) => {
      if (date === undefined) return [];
      const entries = items.flatMap((item) =>
        wrapped(item).map((line, index) => `${index === 0 ? '  * ' : '    '}${line}`),
      );
      const day = new Date(`${date}T00:00:00Z`).toUTCString().replace('GMT', '+0000');
      const lines = [`mkbox-update-server (${version}) stable; urgency=medium`, '', ...entries, ''];
      return [...lines, ` -- ${maintainer}  ${day}`, ''].join('\n');
    })
    .join('\n');
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > LINE_WIDTH - 4) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
