import type { Detail } from './detail.ts';

/** A link in a tooltip that runs a command of the editor. */
export interface TooltipLink {
  readonly label: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** A row's tooltip. Only the links' commands are ours: all else may come from a board, or from a file's name. */
export interface Tooltip {
  readonly title: string;
  readonly facts: readonly Pick<Detail, 'label' | 'value'>[];
  readonly links: readonly TooltipLink[];
}

/** A tooltip in Markdown: the title, a list of facts, a line of links. */
export function tooltipMarkdown({ title, facts, links }: Tooltip): string {
  const parts = [
    `**${plainMarkdown(title)}**`,
    facts.map(({ label, value }) => `- ${plainMarkdown(label)}: ${plainMarkdown(value)}`).join('\n'),
    links.map(linkMarkdown).join(' | '),
  ];
  return parts.filter(Boolean).join('\n\n');
}

/**
 * Text that Markdown shows as it is, in one line: whatever could mark anything up is written as a character reference
 * (CommonMark 0.31, section 2.5), which can't begin a link, an address, an icon or a block.
 */
function plainMarkdown(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[^\p{L}\p{N} ]/gu, (sign) => `&#${sign.codePointAt(0)};`);
}

function linkMarkdown({ label, command, args }: TooltipLink): string {
  const query = args === undefined ? '' : `?${encodeURIComponent(JSON.stringify(args)).replace(/[()'*!~]/g, percent)}`;
  return `[${plainMarkdown(label)}](command:${command}${query})`;
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16)}`;
}
