import { html } from 'hono/html';
import { buildText, timeText } from './words.ts';

/** HTML in which everything that came from outside is escaped. */
export type Html = ReturnType<typeof html>;

/** A time in a text, as `timeText` has it, or to the minute. */
const TIME = /(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? UTC)/;

/** A time, in UTC, which the page's script makes the reader's own. */
export function timeHtml(ms: number): Html {
  return timeElement(timeText(ms));
}

/** A build by its first digits, and the whole ID to look at; a dash for none. */
export function buildHtml(buildId: string | undefined): Html {
  return buildId === undefined ? html`–` : html`<abbr title="${buildId}">${buildText(buildId)}</abbr>`;
}

/** A text with its times marked as such, and with the whole ID of `build` wherever the text names that. */
export function markedText(text: string, build?: string): Html {
  // what is split at comes at the odd places
  const parts = text.split(TIME).map((part, place) => (place % 2 === 1 ? timeElement(part) : withBuild(part, build)));
  return html`${parts}`;
}

function timeElement(utc: string): Html {
  const datetime = utc.replace(' UTC', 'Z').replace(' ', 'T');
  return html`<time datetime="${datetime}">${utc}</time>`;
}

function withBuild(text: string, build: string | undefined): Html {
  if (build === undefined) return html`${text}`;
  const pieces = text
    .split(buildText(build))
    .map((piece, place) => html`${place === 0 ? '' : buildHtml(build)}${piece}`);
  return html`${pieces}`;
}
