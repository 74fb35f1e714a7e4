import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type Board, createBoard } from '../board/board.ts';
import { bootsOn } from '../board/expect-boot.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { BYTE_FAULTS } from './byte-faults.ts';
import { FIRST_EVER, HALF_BUILT, HALF_COPIED, MIXED_BUILDS } from './half-written.ts';
import { MOVING_FILES, ODD_FILES } from './odd-files.ts';
import type { Expected, Row } from './row.ts';
import { makeSite, type Site } from './site.ts';
import { SMALL_FILES } from './small-files.ts';
import { UNBOOTABLE } from './unbootable.ts';
import { WRONG_CONTENTS } from './wrong-contents.ts';

const TABLES = [
  BYTE_FAULTS,
  MIXED_BUILDS,
  HALF_BUILT,
  HALF_COPIED,
  FIRST_EVER,
  WRONG_CONTENTS,
  UNBOOTABLE,
  SMALL_FILES,
  ODD_FILES,
  MOVING_FILES,
];

/** An answer that breaks off is asked for again so often: what is wrong is known by then, and told in words. */
const ASK_ATTEMPTS = 50;

const rows = TABLES.flat().map((row, index) => ({ row, box: `${row.box ?? 'box'}-${index}` }));

suite('a board', () => {
  let boxes: string;
  let server: RunningServer;

  before(async () => {
    boxes = await mkdtemp(path.join(tmpdir(), 'mkbox-integrity-'));
    server = await startUpdateServer({ imagePath: boxes });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(boxes, { recursive: true, force: true });
  });

  // each waits for its server most of the time
  suite('that asks', { concurrency: 2 }, () => {
    for (const { row, box } of rows) {
      test(titleOf(row), async () => {
        const site = await makeSite(boxes, box);
        try {
          await row.make(site);
          await using _meanwhile = row.meanwhile?.(site);
          // curl sends a URL as it is given
          const name = encodeURIComponent(box);
          await using board = await createBoard({ server: server.url, name, board: 'odroid-c4', branch: 'main' });
          // The board goes first, as on a cold server; afterwards the verdict is known, and told at once.
          await becomes(board, row.expected, site);
          await answers(row.expected, `${server.url}/update?name=${name}&board=odroid-c4&=branch=main&version=`);
        } finally {
          await rm(site.folder, { recursive: true, force: true });
        }
      });
    }
  });

  test('that boots on for every reason there is leaves the reason in the log', async () => {
    await server.stop();
    for (const { row, box } of rows) {
      if (row.expected.kind !== 'refused') continue;
      const line = server.lines().find((candidate) => candidate.includes(`name=${box}&`)) ?? '';
      match(line, row.expected.line, row.name);
    }
  });
});

function titleOf({ name, expected }: Row): string {
  return `${expected.kind === 'flashed' ? 'flashes an image, and only once,' : 'boots on, untouched,'} when ${name}`;
}

/** Boots the board, which must end as it is expected to. */
async function becomes(board: Board, expected: Expected, site: Site): Promise<void> {
  if (expected.kind === 'refused') {
    const { exit, upToDate, output } = await bootsOn(board);
    deepEqual([exit, upToDate], [0, true], output);
    return;
  }
  const { flashed, exit, diskSha256, output } = await board.boot();
  deepEqual([flashed, exit, diskSha256], [true, 0, site[expected.build].rawSha256], output);
  equal((await bootsOn(board)).exit, 0);
}

/** Asks for the set, and compares what comes. */
async function answers(expected: Expected, url: string): Promise<void> {
  const { status, retryAfter, line } = await ask(url);
  if (expected.kind === 'flashed') {
    equal(status, 200, line);
    return;
  }
  deepEqual([status, retryAfter], [expected.status, expected.isSettling ? '5' : null], line);
  match(line, expected.line);
  ok(line.indexOf('\n') === line.length - 1, 'one line');
}

async function ask(url: string): Promise<{ status: number; retryAfter: string | null; line: string }> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url);
    const body = await response.text().catch((error: unknown) => {
      if (attempt === ASK_ATTEMPTS) throw error;
    });
    if (body === undefined) continue;
    const { status, headers } = response;
    return { status, retryAfter: headers.get('retry-after'), line: status === 200 ? 'an archive' : body };
  }
}
