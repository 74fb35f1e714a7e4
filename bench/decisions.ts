/** Measures what it costs an "up to date" answer to decide who gets what: 1,000 boards, half of them pinned, and a roll-out. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Board } from '../src/boards/board.ts';
import { newRollOut } from '../src/boards/roll-out.ts';
import { readStages } from '../src/boards/stages.ts';
import { AskingBoards } from './asking-boards.ts';
import { BUILD_ID, writeRandomSet } from './image-sets.ts';
import { machineLine } from './machine.ts';
import { mainThreadNanoseconds } from './process-stats.ts';
import { Scratch } from './scratch.ts';
import { type Server, startPrinting } from './servers.ts';
import { median, medianRatio } from './statistics.ts';
import { formatTable } from './table.ts';

const BOARDS = 1_000;
/** Servers of each case: how a process has its objects in memory alone makes some percent. */
const STARTS = 3;
const ROUNDS = 21;
/** The compiler of Node has seen enough by then. */
const WARM_SECONDS = 2;
const SECONDS = 0.4;

/** What deciding may add to the processor time of an answer. */
const TARGET = 1.05;

/** Exit status when the target was missed. */
const MISSED = 1;

const IMAGE = 'big-box/big-box-board';

/** With pins and a roll-out; the same boards without. */
type Case = 'decided' | 'plain';

const scratch = new Scratch();
try {
  const boxes = scratch.makeFolder('boxes');
  await writeRandomSet(scratch.makeFolder('boxes/big-box'), 'big-box-board', 100_000);
  const order: readonly Case[] = ['decided', 'plain'];
  const answers = { decided: [] as number[], plain: [] as number[] };
  const micros = { decided: [] as number[], plain: [] as number[] };
  for (let start = 0; start < STARTS; start++) await measure(boxes, order, answers, micros);
  const ratio = medianRatio(micros.decided, micros.plain);
  const isMet = ratio < TARGET;
  const table = formatTable([
    {
      figure: `"up to date" to ${BOARDS} boards, half of them pinned, a roll-out: processor, µs each`,
      ours: median(micros.decided).toFixed(1),
      ratio: ratio.toFixed(3),
      target: `< ${TARGET} × without`,
      met: isMet,
    },
    { figure: '… without pins and roll-out', ours: median(micros.plain).toFixed(1) },
    {
      figure: '… answers, 1/s',
      ours: median(answers.decided).toFixed(0),
      ratio: medianRatio(answers.decided, answers.plain).toFixed(3),
    },
  ]);
  process.stdout.write(`${machineLine()}\n\n${table}`);
  if (!isMet) process.exitCode = MISSED;
} finally {
  await scratch.close();
}

/** Asks a new server of each case in turn. */
async function measure(
  boxes: string,
  order: readonly Case[],
  answers: Record<Case, number[]>,
  micros: Record<Case, number[]>,
): Promise<void> {
  const servers: Record<Case, Server> = {
    decided: await start(boxes, 'decided', ['1', '10%', 'all']),
    plain: await start(boxes, 'plain', []),
  };
  const boards = {
    decided: new AskingBoards(servers.decided.url, targetOf(), addresses()),
    plain: new AskingBoards(servers.plain.url, targetOf(), addresses()),
  };
  for (const name of order) await boards[name].ask(WARM_SECONDS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      const before = mainThreadNanoseconds(servers[name].pid);
      const count = await boards[name].ask(SECONDS);
      answers[name].push(count / SECONDS);
      micros[name].push((mainThreadNanoseconds(servers[name].pid) - before) / count / 1e3);
    }
  }
  for (const name of order) {
    boards[name].close();
    await scratch.stop(servers[name].child);
  }
}

/** Starts a server that knows the boards already. */
async function start(boxes: string, name: Case, stages: readonly string[]): Promise<Server> {
  const statePath = path.join(scratch.makeFolder(name), 'boards.json');
  const boards = addresses().map((address, index) => boardAt(address, name === 'decided' && index % 2 === 0));
  // one that runs another build keeps the roll-out going
  boards.push({ ...boardAt('127.2.0.1', false), reportedBuild: 'f'.repeat(64) });
  const rollOut = newRollOut(IMAGE, BUILD_ID, undefined, { stages: readStages(stages) }, Date.now());
  const rollOuts = stages.length === 0 ? [] : [{ ...rollOut, stage: stages.length - 1 }];
  writeFileSync(statePath, JSON.stringify({ format: 2, flashTimes: [], rollOuts, boards }));
  const program = path.join(import.meta.dirname, 'registry-server.ts');
  return startPrinting(scratch, [program, boxes, statePath, ...stages]);
}

function boardAt(address: string, isPinned: boolean): Board {
  const atMs = Date.now();
  return {
    id: address,
    address,
    wish: { box: 'big-box', board: 'board' },
    reportedBuild: BUILD_ID,
    image: IMAGE,
    state: { kind: 'up to date', sinceMs: atMs, build: BUILD_ID },
    firstSeenMs: atMs,
    lastSeenMs: atMs,
    isHeld: false,
    ...(isPinned && { pin: { by: 'bench', atMs, image: IMAGE, box: 'big-box', build: BUILD_ID } }),
    history: [],
  };
}

function addresses(): string[] {
  return Array.from({ length: BOARDS }, (_, index) => `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`);
}

function targetOf(): string {
  return `/update?name=big-box&board=board&build_id=${BUILD_ID}`;
}
