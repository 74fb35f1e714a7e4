/** Measures looking into an image beside the tools for that, in one run, and prints one table. */
import { execFileSync } from 'node:child_process';
import { open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { ExtVolume } from '../src/contents/ext4/ext-volume.ts';
import { FileTree } from '../src/contents/file-tree.ts';
import { type Partition, parsePartitions, SECTOR_BYTES } from '../src/contents/partitions.ts';
import { requireTools } from '../test/tools/tools.ts';
import { ENTRIES, FILE_BYTES, LARGE_FILE, type Look, makeInsideImage, READS } from './inside-image.ts';
import { machineLine } from './machine.ts';
import { find } from './programs.ts';
import { runTimed } from './run-timed.ts';
import { Scratch } from './scratch.ts';
import { builtServer } from './servers.ts';
import { median, medianRatio } from './statistics.ts';
import { formatTable, type Row } from './table.ts';

const MISSED = 1;
/** Rounds of each measurement; the command line may give another number. */
const ROUNDS = Number(process.argv[2] ?? 7);

const LOOK = path.join(import.meta.dirname, 'inside-look.ts');
const LOOK_BUNDLE = 'inside-look.mjs';
const MIB = 2 ** 20;

/** What is asked for. */
const WALK_MS = 100;
const WALK_RATIO = 0.1;
const READ_RATIO = 0.5;
const OPEN_RATIO = 1.2;
const LIST_MS = 300;
const GROWN_MB = 64;

process.exitCode = await main();

async function main(): Promise<number> {
  const scratch = new Scratch();
  try {
    const rows = await measure(scratch);
    process.stdout.write(`\n${machineLine()}\n\n${formatTable(rows)}`);
    return rows.some(({ met }) => met === false) ? MISSED : 0;
  } finally {
    await scratch.close();
  }
}

async function measure(scratch: Scratch): Promise<Row[]> {
  say('an image of 600 MB');
  const raw = await makeInsideImage(scratch.folder);
  const cache = path.join(scratch.folder, 'cache');
  const look = await bundledLook(scratch.folder);
  say('walking and reading');
  const walking = await measureRaw(scratch, raw, cache, look);
  say('opening');
  const opening = await measureOpening(`${raw}.zst`, cache, look);
  say('opening one with a seek table');
  execFileSync(process.execPath, [builtServer(), 'pack', raw], { stdio: 'ignore' });
  return [...walking, ...opening, await measureSeekable(`${raw}.zst`, cache, look)];
}

async function measureRaw(scratch: Scratch, raw: string, cache: string, look: Looking): Promise<Row[]> {
  const cwd = scratch.folder;
  const root = await copyRoot(raw, path.join(cwd, 'root.img'));
  const [file, commands] = [path.join(cwd, 'tree', LARGE_FILE), path.join(cwd, 'commands')];
  await writeFile(commands, await listCommands(root));
  const sevenZip = find('7z') ?? find('7zz');
  const { debugfs } = requireTools('debugfs');
  const looks: Look[] = [];
  const times = { debugfs: [] as number[], sevenZip: [] as number[], cat: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    looks.push(look(raw, cache));
    times.debugfs.push((await runTimed(debugfs, ['-f', commands, root], { cwd })).seconds);
    if (sevenZip) times.sevenZip.push((await runTimed(sevenZip, ['l', '-tExt', root], { cwd })).seconds);
    times.cat.push((await runTimed('cat', Array(READS).fill(file), { cwd })).seconds);
  }
  const walks = looks.map(({ walkMs }) => walkMs / 1000);
  const reads = looks.map(({ readMs }) => readMs / 1000);
  const ms = median(walks) * 1000;
  const besides = (figure: string, others: readonly number[]) => ({
    figure,
    ours: ms.toFixed(0),
    tools: (median(others) * 1000).toFixed(0),
    ratio: medianRatio(walks, others).toFixed(2),
  });
  const speed = (seconds: readonly number[]) => ((READS * FILE_BYTES) / median(seconds) / 1e6).toFixed(0);
  const readRatio = medianRatio(times.cat, reads);
  const walked = looks.every(({ entries }) => entries >= ENTRIES);
  if (!walked) throw new Error('some files were not walked');
  return [
    { figure: 'walking 10,000 files, ms', ours: ms.toFixed(0), target: `≤ ${WALK_MS} ms`, met: ms <= WALK_MS },
    besides('… and debugfs, ls -p of each folder', times.debugfs),
    sevenZip
      ? {
          ...besides('… and 7z l', times.sevenZip),
          target: `≤ ${WALK_RATIO} ×`,
          met: medianRatio(walks, times.sevenZip) <= WALK_RATIO,
        }
      : { figure: '… and 7z l: not installed (apt-get install 7zip)', ours: ms.toFixed(0) },
    {
      figure: 'reading a file of 5 MB, MB/s, and cat',
      ours: speed(reads),
      tools: speed(times.cat),
      ratio: readRatio.toFixed(2),
      target: `≥ ${READ_RATIO} ×`,
      met: readRatio >= READ_RATIO,
    },
  ];
}

/** An `.img.zst` without a seek table: decompressed the first time, and kept for the second. */
async function measureOpening(zst: string, cache: string, look: Looking): Promise<Row[]> {
  const { zstd } = requireTools('zstd');
  const [first, again]: [Look[], Look[]] = [[], []];
  const tool: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await rm(cache, { recursive: true, force: true });
    first.push(look(zst, cache));
    again.push(look(zst, cache));
    tool.push((await runTimed(zstd, ['-dcq', zst], { cwd: path.dirname(zst) })).seconds);
  }
  const opens = first.map(({ openMs }) => openMs / 1000);
  const ratio = medianRatio(opens, tool);
  const grown = median(first.map(({ grownBytes }) => grownBytes)) / MIB;
  return [
    {
      figure: 'opening an .img.zst, s, and zstd -dc',
      ours: median(opens).toFixed(2),
      tools: median(tool).toFixed(2),
      ratio: ratio.toFixed(2),
      target: `≤ ${OPEN_RATIO} ×`,
      met: ratio <= OPEN_RATIO,
    },
    { figure: '… and again, ms', ours: median(again.map(({ openMs }) => openMs)).toFixed(0) },
    {
      figure: '… memory that all of this takes, MB',
      ours: grown.toFixed(0),
      target: `≤ ${GROWN_MB} MB`,
      met: grown <= GROWN_MB,
    },
  ];
}

async function measureSeekable(zst: string, cache: string, look: Looking): Promise<Row> {
  const looks = Array.from({ length: ROUNDS }, () => look(zst, cache));
  const ms = median(looks.map(({ firstListMs }) => firstListMs));
  const figure = 'the first listing of a packed one, ms';
  return { figure, ours: ms.toFixed(0), target: `≤ ${LIST_MS} ms`, met: ms <= LIST_MS };
}

type Looking = (image: string, cache: string) => Look;

/** Looks in a new process, by a bundle as users run one: what strips the types of sources leaves its garbage to the walk. */
async function bundledLook(folder: string): Promise<Looking> {
  const outfile = path.join(folder, LOOK_BUNDLE);
  await build({ entryPoints: [LOOK], outfile, bundle: true, minify: true, platform: 'node', format: 'esm' });
  return (image, cache) => JSON.parse(execFileSync(process.execPath, [outfile, image, cache], { encoding: 'utf8' }));
}

/** Copies the root file system out of an image: 7z reads none within one. Answers its path. */
async function copyRoot(raw: string, target: string): Promise<string> {
  const { start } = await rootOf(raw);
  execFileSync('dd', [`if=${raw}`, `of=${target}`, 'bs=1M', `skip=${start}`, 'iflag=skip_bytes', 'status=none']);
  return target;
}

async function rootOf(raw: string): Promise<Partition> {
  await using image = await open(raw);
  const sector = Buffer.alloc(SECTOR_BYTES);
  await image.read(sector, 0, sector.length, 0);
  const root = parsePartitions(sector)?.[1];
  if (root === undefined) throw new Error('the image has no root partition');
  return root;
}

/** Has debugfs list each folder. */
async function listCommands(root: string): Promise<string> {
  await using image = await open(root);
  const { size } = await image.stat();
  const read = async (buffer: Buffer, position: number) =>
    (await image.read(buffer, 0, buffer.length, position)).bytesRead;
  const volume = await ExtVolume.open({ size, read }, { number: 2, type: 0x83, start: 0, bytes: size });
  if (!(volume instanceof ExtVolume)) throw new Error('the root file system is not read');
  let commands = '';
  for await (const files of new FileTree(await volume.root()).walk()) {
    for (const file of files) {
      if ('node' in file && file.node.status.type === 'folder') commands += `ls -p <${file.node.status.id}>\n`;
    }
  }
  return commands;
}

function say(what: string): void {
  process.stderr.write(`measuring: ${what}\n`);
}
