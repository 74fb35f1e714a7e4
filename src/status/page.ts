import { html } from 'hono/html';
import type { RecentRequest } from './recent-requests.ts';
import type { BoardReport, FaultReport, ImageReport, StatusReport } from './report.ts';
import type { RollOutReport } from './roll-out-report.ts';
import { boardText, buildText, bytesText, imageText, timeText, wishText } from './words.ts';

/** HTML in which everything that came from outside is escaped. */
export type Html = ReturnType<typeof html>;

/** The whole page, for a browser. It works without scripts: then it reloads itself. */
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
<p class="quiet">version ${report.server.version}, started ${timeText(report.server.startedAtMs)} UTC · <span id="live" role="status">as of when it was loaded</span></p>
</header>
<main>${mainHtml(report)}</main>
</body>
</html>
`;
}

/** What changes: a fault on purpose if one is in force, boards, roll-outs if there are any, images and requests. */
export function mainHtml({ fault, boards, rollOuts, images, recent }: StatusReport): Html {
  return html`${fault === undefined ? '' : faultLine(fault)}${table('Boards', ['Board', 'Asks for', 'Runs', 'State', 'Last heard of (UTC)'], boards.map(boardRow), 'No board has asked yet.')}
${rollOuts.length === 0 ? '' : table('Roll-outs', ['Image', 'Build', 'State'], rollOuts.map(rollOutRow), '')}
${table('Images', ['Image', 'Build', 'Size', 'State'], images.map(imageRow), 'There is no image.')}
${table('Recent requests', ['Time (UTC)', 'Client', 'Request', 'Answer'], recent.map(requestRow), 'No request has come yet.')}`;
}

function faultLine({ text, untilMs }: FaultReport): Html {
  return html`<p class="bad"><strong>${text}</strong>, until ${timeText(untilMs)} UTC at the latest</p>
`;
}

function table(caption: string, headings: readonly string[], rows: readonly Html[], none: string): Html {
  if (rows.length === 0) return html`<h2>${caption}</h2><p class="quiet">${none}</p>`;
  const heads = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  return html`<table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
}

function boardRow(board: BoardReport): Html {
  const { name, address, mac, reportedBuild, isBehind, isHeld, download, lastSeenMs, assignment, tags = [] } = board;
  const bar =
    download === undefined
      ? ''
      : html`<progress aria-label="download" max="${download.totalBytes}" value="${download.sentBytes}"></progress> `;
  const held = isHeld ? html` <strong>held</strong>` : '';
  const gets = assignment === undefined ? '' : html`<br><span class="quiet">${assignment}</span>`;
  const tagged = tags.map((tag) => html` <span class="quiet">#${tag}</span>`);
  return html`<tr><td>${name ?? address}${held}${tagged}<br><span class="quiet">${name === undefined ? '' : address} ${mac ?? ''}</span></td>
<td>${wishText(board)}</td><td>${buildText(reportedBuild)}${isBehind ? ' (different)' : ''}</td>
<td class="${boardClass(board)}">${bar}${boardText(board)}${gets}</td><td>${timeText(lastSeenMs)}</td></tr>`;
}

function boardClass({ state }: BoardReport): string {
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
      return '';
  }
}

function rollOutRow({ image, build, state, confirmed, of, text }: RollOutReport): Html {
  const look = state === 'halted' ? 'bad' : state === 'finished' ? 'good' : '';
  return html`<tr><td>${image}</td><td>${buildText(build)}</td><td class="${look}"><progress aria-label="confirmed" max="${Math.max(of, 1)}" value="${confirmed}"></progress> ${text}</td></tr>`;
}

function imageRow(image: ImageReport): Html {
  const { id, buildId, bytes, state } = image;
  const earlier = image.inPlaceOf === undefined ? '' : html` <strong>earlier</strong>`;
  const look = state === 'verified' ? 'good' : state === 'ready' || state === 'foreign' ? '' : 'bad';
  return html`<tr><td>${id}</td><td>${buildText(buildId)}${earlier}</td><td class="number">${bytes === undefined ? '–' : bytesText(bytes)}</td><td class="${look}">${imageText(image)}</td></tr>`;
}

function requestRow(request: RecentRequest): Html {
  const { atMs, client, method, target, isTrial, fault, status, outcome, reason } = request;
  const trial = isTrial ? ' (a trial)' : '';
  const met = fault === undefined ? '' : html` <strong>fault on purpose, ${fault}</strong>`;
  const isBad = reason !== undefined;
  return html`<tr><td>${timeText(atMs)}</td><td>${client}${trial}</td><td>${method} ${target}</td><td class="${isBad ? 'bad' : ''}">${status} ${outcome}${isBad ? `: ${reason}` : ''}${met}</td></tr>`;
}
