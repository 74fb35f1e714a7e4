import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Board, BoardState } from '../../src/boards/board.ts';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import type { RollOut, RollOutState } from '../../src/boards/roll-out.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog, type CatalogSnapshot } from '../../src/images/catalog.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { StatusPages } from '../../src/status/status-pages.ts';
import { BUILD_A, BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';

const NOW_MS = Date.now();

const STATES: readonly BoardState[] = [
  { kind: 'flashing', sinceMs: NOW_MS, build: BUILD_A },
  { kind: 'confirmed', sinceMs: NOW_MS, build: BUILD_A },
  { kind: 'up to date', sinceMs: NOW_MS, build: BUILD_A },
  { kind: 'held', sinceMs: NOW_MS },
  {
    kind: 'refused',
    sinceMs: NOW_MS,
    status: 404,
    refusal: { kind: 'no image', tried: ['box-pi'], nearest: 'box-c4' },
  },
  { kind: 'broken off', sinceMs: NOW_MS, atByte: 1, ofBytes: 2, reason: 'client closed' },
  { kind: 'reflashing', sinceMs: NOW_MS, build: BUILD_A, times: 3, reported: BUILD_B },
];

const BOARDS: readonly Board[] = STATES.map((state, at) => ({
  id: `board-${at}`,
  address: `192.0.2.${at + 1}`,
  mac: `02:00:00:00:00:0${at}`,
  name: `board ${at}`,
  wish: { box: 'box', board: 'pi', branch: 'main', version: '1' },
  reportedBuild: BUILD_B,
  image: 'box/box-pi',
  state,
  firstSeenMs: NOW_MS - 1000,
  lastSeenMs: NOW_MS,
  isHeld: state.kind === 'held',
  history: [{ build: BUILD_A, image: 'box/box-pi', givenAtMs: NOW_MS - 500, confirmedAtMs: NOW_MS, times: 1 }],
}));

const ROLL_OUT_STATES: readonly RollOutState[] = [
  { kind: 'running' },
  { kind: 'halted', why: { kind: 'overdue', board: 'board-0', atMs: NOW_MS } },
  { kind: 'finished', atMs: NOW_MS },
];

const ROLL_OUTS: readonly RollOut[] = ROLL_OUT_STATES.map((state, at) => ({
  image: ['box/box-pi', 'box/box-pi-main', 'box/box-pi-next'][at] ?? '',
  build: BUILD_A,
  former: BUILD_B,
  stages: [{ kind: 'boards', count: 1 }, { kind: 'percent', percent: 10 }, { kind: 'all' }],
  waitMs: 1000,
  isByHand: true,
  startedAtMs: NOW_MS - 1000,
  stage: 0,
  members: [{ board: 'board-0', stage: 0, atMs: NOW_MS - 500, isExcused: true }],
  state,
}));

const STATE = {
  format: 1,
  flashTimes: [['["box","pi"]', [1000, 2000]]],
  boards: BOARDS,
  rollOuts: ROLL_OUTS,
  instead: [{ image: 'box/box-pi', build: BUILD_B, atMs: NOW_MS }],
};

/** What may stand in the place of any value: of each type, and what is out of each range. `1e999` is read as infinity. */
const NONSENSE = ['null', '1e300', '1e999', '-1', '"x"', '{}', '[[]]', 'true'];

/** Members that a board may not bring along: the report would take them for its own. */
const SMUGGLED = ['"download":null', '"before":{}', '"isBehind":"x"', '"toString":1', '"__proto__":null', '"toJSON":1'];

interface Mutation {
  readonly what: string;
  readonly text: string;
  /** The board that it is in, by its place. */
  readonly board: number | undefined;
}

/** Each value of the file, at each depth, in the place of which each nonsense stands, and each member left out. */
function* mutations(): Generator<Mutation> {
  for (const steps of placesIn(STATE)) {
    const board = steps[0] === 'boards' && typeof steps[1] === 'number' ? steps[1] : undefined;
    const isLarge = steps.length < 3;
    // all of it for the parts that each board and roll-out has, for one; of the others, what its state has
    if (typeof steps[1] === 'number' && steps[1] > 0 && steps[2] !== 'state' && !isLarge) continue;
    for (const nonsense of steps[0] === 'rollOuts' ? NONSENSE.slice(0, 5) : NONSENSE) {
      yield { what: `${steps.join('.')} = ${nonsense}`, text: withText(steps, nonsense), board };
    }
  }
  for (const smuggled of SMUGGLED) {
    const text = JSON.stringify(STATE).replace('{"id":"board-3"', `{${smuggled},"id":"board-3"`);
    yield { what: smuggled, text, board: 3 };
  }
}

type Steps = readonly (string | number)[];

function* placesIn(value: unknown, steps: Steps = []): Generator<Steps> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const place = [...steps, Array.isArray(value) ? Number(key) : key];
    yield place;
    yield* placesIn(member, place);
  }
}

/** The file's text with `nonsense`, as it stands, at that place. */
function withText(steps: Steps, nonsense: string): string {
  const copy = structuredClone(STATE) as unknown as Record<string | number, unknown>;
  const last = steps.at(-1) ?? '';
  const parent = steps.slice(0, -1).reduce((value, step) => value[step] as typeof copy, copy);
  parent[last] = '<nonsense>';
  return JSON.stringify(copy).replace('"<nonsense>"', nonsense);
}

/** Whether the file is one of boards, as far as its upper levels go. */
function isListOfBoards(text: string): boolean {
  const { format, boards } = JSON.parse(text);
  return format === 1 && Array.isArray(boards) && boards.length === BOARDS.length;
}

describe('a file of boards with nonsense in it', () => {
  it('makes no page and no answer fail, and loses nothing but what was damaged', { timeout: 300_000 }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-mutated-'));
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const catalog = new Catalog([boxes.root]);
    const checks = await ImageChecks.open();
    const statePath = path.join(folder, 'boards.json');
    let registry = new BoardRegistry();
    const boards = {
      get boards() {
        return registry.boards;
      },
      transferOf: (id: string) => registry.transferOf(id),
      assignmentOf: (board: Board, snapshot: CatalogSnapshot) => registry.assignmentOf(board, snapshot),
      get rollOuts() {
        return registry.rollOuts;
      },
    };
    const pages = new StatusPages({ version: '1', catalog, checks, boards, allowed: new Networks([]) });
    const server = await UpdateServer.start({
      catalog,
      checks,
      host: '127.0.0.1',
      port: 0,
      pages: pages.add,
      trustedProxies: new Networks(['127.0.0.1']),
      assigner: {
        get isPlain() {
          return registry.assigner.isPlain;
        },
        assign: (request) => registry.assigner.assign(request),
      },
    });
    const url = `http://127.0.0.1:${server.address.port}`;
    const statusOf = async (target: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(url + target, { headers: { accept: 'text/html', ...headers } });
      await answer.bytes();
      return answer.status;
    };
    let count = 0;
    try {
      for (const { what, text, board } of mutations()) {
        count++;
        await writeFile(statePath, text);
        const messages: string[] = [];
        registry = await BoardRegistry.open({ statePath, onMessage: (message) => messages.push(message) });
        if (isListOfBoards(text)) {
          const ids = registry.boards.map(({ id }) => id);
          const others = BOARDS.filter((_, at) => at !== board).map(({ id }) => id);
          assert.deepEqual(
            others.filter((id) => !ids.includes(id)),
            [],
            what,
          );
          assert.equal(ids.length < BOARDS.length, messages.length > 0 && board !== undefined, what);
          if (what.startsWith('rollOuts.')) assert.ok(registry.rollOuts.list.length >= ROLL_OUTS.length - 1, what);
        }
        const unwatch = registry.watch(server);
        const asBoard = { 'x-forwarded-for': BOARDS[board ?? 0]?.address ?? '' };
        const statuses = [
          await statusOf('/'),
          await statusOf('/status'),
          await statusOf('/metrics'),
          await statusOf(`/update?name=box&board=pi&build_id=${BUILD_A}`, asBoard),
          await statusOf('/'),
        ];
        assert.deepEqual(statuses, [200, 200, 200, 200, 200], what);
        unwatch();
        await registry.close();
        const aside = (await readdir(folder)).filter((name) => name.includes('.damaged-'));
        assert.equal(aside.length, messages.length, what);
        for (const name of aside) {
          assert.equal(await readFile(path.join(folder, name), 'utf8'), text);
          await rm(path.join(folder, name));
        }
        const again: string[] = [];
        const reopened = await BoardRegistry.open({ statePath, onMessage: (message) => again.push(message) });
        assert.deepEqual(again, [], `${what}: what was kept then is damaged`);
        assert.equal(reopened.boards.length, registry.boards.length, what);
        await reopened.close();
      }
      assert.ok(count >= 500, `${count} mutations`);
    } finally {
      await server.stop(0);
      pages.close();
      await checks.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
