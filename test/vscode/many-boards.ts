/** 50 boards as the extension keeps them of a workspace: in every state, some by hours that no test could wait for. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Board, BoardState } from '../../src/boards/board.ts';
import type { RollOut } from '../../src/boards/roll-out.ts';
import { boardFile } from '../../src/editor/serving/board-file.ts';
import type { MadeImage } from './many-images.ts';

export const BOARDS = 50;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const OLD_BUILD = '0'.repeat(64);
const MB = 1_000_000;

type Kept = Partial<Board> & Pick<Board, 'state'>;

/** Writes the boards, and a roll-out of the first image, to where the extension finds them for the workspace. */
export async function keepManyBoards(
  userDataDir: string,
  workspace: string,
  images: readonly MadeImage[],
): Promise<readonly Board[]> {
  const nowMs = Date.now();
  const boards = Array.from({ length: BOARDS }, (_, index) => keptBoard(index, images, nowMs));
  const folder = path.join(userDataDir, 'User/globalStorage/mkbox.mkbox');
  const file = boardFile(folder, [pathToFileURL(workspace).href]);
  if (file === undefined) throw new Error('a window without a workspace keeps no boards');
  await mkdir(path.dirname(file), { recursive: true });
  const rollOuts = [rollOutOf(boards, images, nowMs)];
  await writeFile(file, JSON.stringify({ format: 2, flashTimes: [], rollOuts, boards }));
  return boards;
}

function keptBoard(index: number, images: readonly MadeImage[], nowMs: number): Board {
  const image = images[(index * 7) % images.length];
  if (image === undefined) throw new Error('there are no images');
  const { box, board, branch, version, buildId } = image;
  const seenMs = nowMs - (index + 1) * MINUTE_MS;
  const kept = KINDS[index % KINDS.length]?.(image, seenMs, index);
  return {
    id: `board-${index}`,
    address: `127.0.${index < 25 ? 1 : 2}.${10 + index}`,
    wish: { box, board, ...(branch && { branch }), ...(version && { version }) },
    reportedBuild: buildId,
    image: `${box}/${image.image}`,
    firstSeenMs: nowMs - 30 * DAY_MS,
    lastSeenMs: seenMs,
    isHeld: false,
    history: [],
    state: { kind: 'up to date', sinceMs: seenMs, build: buildId },
    ...kept,
  };
}

/** What boards are like, one after the other, again and again. */
const KINDS: readonly ((image: MadeImage, sinceMs: number, index: number) => Kept)[] = [
  ({ buildId }, sinceMs) => ({ state: { kind: 'up to date', sinceMs, build: buildId } }),
  ({ buildId, box, image }, sinceMs) => ({
    state: { kind: 'confirmed', sinceMs, build: buildId },
    history: [
      { build: buildId, image: `${box}/${image}`, givenAtMs: sinceMs - MINUTE_MS, confirmedAtMs: sinceMs, times: 1 },
    ],
  }),
  ({ buildId }, sinceMs, index) => ({
    name: `Rack 3, shelf ${index}, by the north window`,
    state: { kind: 'up to date', sinceMs, build: buildId },
  }),
  ({ buildId }) => updating({ kind: 'flashing', sinceMs: Date.now(), build: buildId }),
  ({ buildId }, sinceMs) => updating({ kind: 'flashing', sinceMs: sinceMs - 60 * MINUTE_MS, build: buildId }),
  ({ buildId, box, image }, sinceMs) => ({
    reportedBuild: OLD_BUILD,
    state: { kind: 'reflashing', sinceMs, build: buildId, times: 3, reported: OLD_BUILD },
    history: [
      { build: buildId, image: `${box}/${image}`, givenAtMs: sinceMs, times: 3, loops: 3, reported: OLD_BUILD },
    ],
  }),
  (_, sinceMs) => ({
    isHeld: true,
    held: { by: 'ana', atMs: sinceMs, why: 'a customer looks at it' },
    state: { kind: 'held', sinceMs },
  }),
  ({ box, image, buildId }, sinceMs) => ({
    pin: { by: 'ben', atMs: sinceMs, image: `${box}/${image}`, box, build: buildId },
    state: { kind: 'up to date', sinceMs, build: buildId },
  }),
  ({ buildId }, sinceMs) => ({
    name: 'Door',
    tags: ['canary', 'north-wing'],
    state: { kind: 'up to date', sinceMs, build: buildId },
  }),
  (_, sinceMs) => ({
    reportedBuild: OLD_BUILD,
    wish: { box: 'no-such-box', board: 'odroid-c4', branch: 'main' },
    state: {
      kind: 'refused',
      sinceMs,
      status: 404,
      refusal: { kind: 'told', text: 'no image no-such-box-odroid-c4-main' },
    },
  }),
  (_, sinceMs) => ({
    reportedBuild: OLD_BUILD,
    state: { kind: 'broken off', sinceMs, atByte: 61 * MB, ofBytes: 158 * MB, reason: 'client closed' },
  }),
  ({ buildId }, sinceMs) => ({
    lastSeenMs: sinceMs - 3 * DAY_MS,
    state: { kind: 'up to date', sinceMs: sinceMs - 3 * DAY_MS, build: buildId },
  }),
];

/** A board that has its image, and not yet told that it runs it. */
function updating(state: BoardState): Kept {
  return { state, reportedBuild: OLD_BUILD };
}

/** A roll-out whose first stage waits for a board that flashes. */
function rollOutOf(boards: readonly Board[], images: readonly MadeImage[], nowMs: number): RollOut {
  const first = boards.find(({ state }) => state.kind === 'flashing');
  const rolledOut = images.find(({ box, image }) => first?.image === `${box}/${image}`);
  if (first === undefined || rolledOut === undefined) throw new Error('no board has an image yet');
  const { box, image, buildId } = rolledOut;
  return {
    image: `${box}/${image}`,
    build: buildId,
    isByHand: true,
    startedAtMs: nowMs - 5 * MINUTE_MS,
    stage: 0,
    stages: [{ kind: 'boards', count: 1 }, { kind: 'percent', percent: 20 }, { kind: 'all' }],
    members: [{ board: first.id, stage: 0, atMs: nowMs - 4 * MINUTE_MS }],
    state: { kind: 'running' },
  };
}
