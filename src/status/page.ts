import { html } from 'hono/html';
import { problemsFirst } from '../boards/standing.ts';
import { buildHtml, type Html, markedText, timeHtml } from './marked-text.ts';
import type { RecentRequest } from './recent-requests.ts';
import type { BoardReport, FaultReport, ImageReport, StatusReport } from './report.ts';
import type { RollOutReport } from './roll-out-report.ts';
import { type Column, type Look, type Row, tableHtml } from './table.ts';
import { boardText, bytesText, imageText, summaryText, wishText } from './words.ts';

/** The whole page, for a browser. It works without scripts: then it reloads itself, and its times are in UTC. */
export function pageHtml(report: StatusReport): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>mkbox</title>
<link rel="stylesheet" href="status.css">
<script type="module" src="status.js"></script>
<noscript><meta http-equiv="refresh" content="5"></noscript>
</head>
<body>
<header>
<h1>mkbox update server</h1>
<p class="quiet">version ${report.server.version}, started ${timeHtml(report.server.startedAtMs)} · <span id="live" role="status">as of when it was loaded</span></p>
<nav aria-label="On this page"><a href="#boards">Boards</a> <a href="#images">Images</a> <a href="#requests">Recent requests</a></nav>
</header>
<main>${mainHtml(report)}</main>
</body>
</html>
`;
}

const BOARD_COLUMNS: readonly Column[] = [
  { label: 'Board', kind: 'address' },
  { label: 'Asks for' },
  { label: 'Runs', kind: 'build' },
  { label: 'State', kind: 'state' },
  { label: 'Last seen' },
];
const ROLL_OUT_COLUMNS: readonly Column[] = [
  { label: 'Image' },
  { label: 'Build', kind: 'build' },
  { label: 'State', kind: 'state' },
];
const IMAGE_COLUMNS: readonly Column[] = [
  { label: 'Image' },
  { label: 'Build', kind: 'build' },
  { label: 'Size', kind: 'number' },
  { label: 'State', kind: 'state' },
];
const REQUEST_COLUMNS: readonly Column[] = [
  { label: 'Time' },
  { label: 'Client', kind: 'address' },
  { label: 'Request' },
  { label: 'Answer', kind: 'state' },
];

/**
 * What changes: a summary, a fault on purpose if one is in force, boards, roll-outs if there are any, images and
 * requests. Each is a section with an ID, so that the page's script replaces only those that did change.
 */
export function mainHtml(report: StatusReport): Html {
  const { fault, boards, rollOuts, images, recent } = report;
  const rolled = tableHtml('rollouts', 'Roll-outs', ROLL_OUT_COLUMNS, rollOuts.map(rollOutRow), '');
  return html`<section id="summary"><p>${summaryText(report)}</p></section>
<section id="fault">${fault === undefined ? '' : faultLine(fault)}</section>
${tableHtml('boards', 'Boards', BOARD_COLUMNS, problemsFirst(boards).map(boardRow), 'No board has asked yet.')}
${rollOuts.length === 0 ? html`<section id="rollouts"></section>` : rolled}
${tableHtml('images', 'Images', IMAGE_COLUMNS, faultyFirst(images).map(imageRow), 'There is no image.')}
${tableHtml('requests', 'Recent requests', REQUEST_COLUMNS, recent.map(requestRow), 'No request has come yet.')}`;
}

function faultLine({ text, untilMs }: FaultReport): Html {
  return html`<p class="bad"><strong>${text}</strong>, until ${timeHtml(untilMs)} at the latest</p>
`;
}

function boardRow(board: BoardReport): Row {
  const { name, address, mac, reportedBuild, isBehind, isHeld, download, lastSeenMs, assignment, tags = [] } = board;
  const { state } = board;
  const bar =
    download === undefined
      ? ''
      : html`<progress aria-label="download" max="${download.totalBytes}" value="${download.sentBytes}"></progress> `;
  const held = isHeld ? html` <strong>held</strong>` : '';
  const gets = assignment === undefined ? '' : html`<br><span class="quiet">${markedText(assignment)}</span>`;
  const tagged = tags.map((tag) => html` <span class="quiet">#${tag}</span>`);
  const known = [...(name === undefined ? [] : [address]), ...(mac === undefined ? [] : [mac])].join(' ');
  return {
    look: boardLook(board),
    cells: [
      html`${name ?? address}${held}${tagged}${known === '' ? '' : html`<br><span class="quiet">${known}</span>`}`,
      html`${wishText(board)}`,
      html`${buildHtml(reportedBuild)}${isBehind ? ' · different build' : ''}`,
      html`${bar}${markedText(boardText(board), 'build' in state ? state.build : undefined)}${gets}`,
      timeHtml(lastSeenMs),
    ],
  };
}

function boardLook({ state }: BoardReport): Look {
  switch (state.kind) {
    case 'confirmed':
    case 'up to date':
      return 'good';
    case 'refused':
    case 'broken off':
    case 'reflashing':
    case 'overdue':
      return 'bad';
    default:
      return undefined;
  }
}

function rollOutRow({ image, build, state, confirmed, of, text }: RollOutReport): Row {
  const bar = html`<progress aria-label="confirmed" max="${Math.max(of, 1)}" value="${confirmed}"></progress> `;
  return {
    look: state === 'halted' ? 'bad' : state === 'finished' ? 'good' : undefined,
    cells: [html`${image}`, buildHtml(build), html`${bar}${text}`],
  };
}

/** Images that boards do not get, then the others: of hundreds, nobody would find the one. */
function faultyFirst(images: readonly ImageReport[]): readonly ImageReport[] {
  return [...images.filter(isFaulty), ...images.filter((image) => !isFaulty(image))];
}

function isFaulty({ state }: ImageReport): boolean {
  return state === 'wrong' || state === 'incomplete';
}

function imageRow(image: ImageReport): Row {
  const { id, buildId, bytes, state, inPlaceOf } = image;
  const earlier = inPlaceOf === undefined ? '' : html` <strong>earlier</strong>`;
  return {
    look: isFaulty(image) ? 'bad' : state === 'verified' ? 'good' : undefined,
    cells: [
      html`${id}`,
      html`${buildHtml(buildId)}${earlier}`,
      html`${bytes === undefined ? '–' : bytesText(bytes)}`,
      markedText(imageText(image), inPlaceOf?.newest),
    ],
  };
}

function requestRow(request: RecentRequest): Row {
  const { atMs, client, method, target, isTrial, fault, status, outcome, reason } = request;
  const met = fault === undefined ? '' : html` <strong>fault on purpose, ${fault}</strong>`;
  return {
    look: reason === undefined ? undefined : 'bad',
    cells: [
      timeHtml(atMs),
      html`${client}${isTrial ? ' (a trial)' : ''}`,
      html`${method} ${target}`,
      html`${status} ${outcome}${reason === undefined ? '' : `: ${reason}`}${met}`,
    ],
  };
}
