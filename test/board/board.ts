import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { requireTools } from '../tools/tools.ts';
import {
  type DnsTxt,
  firstBoardConf,
  linesOfDnsTxt,
  linesOfUpdateTxt,
  onThisBench,
  type UpdateTxt,
} from './board-files.ts';
import { readFlashedConf } from './flashed-conf.ts';
import { linkPrograms, type Shell } from './programs.ts';
import { runPreboot } from './run-preboot.ts';

/** How a board sends the branch and version of its own board.conf; see the script `preboot`. */
export type BranchField = 'malformed' | 'wellformed' | 'forgotten';

export interface BoardOptions {
  /** The update server's address, as board.conf has it: `http://127.0.0.1:5555`, with `user:password@` or not. */
  readonly server: string;
  /** The box's name, which is `imgname` on the board. */
  readonly name: string;
  readonly board: string;
  readonly branch?: string;
  readonly version?: string;
  /** The build that runs before the first update; 64 zeros if absent. */
  readonly buildId?: string;
  /** The overrides on the boot partition. They outlive an update. */
  readonly updateTxt?: UpdateTxt;
  /** What the network's name server says about this board. */
  readonly dnsTxt?: DnsTxt;
  /** The file with the authorities that its system trusts, for https; the machine's own if absent. */
  readonly caPath?: string;
  /** The address of this machine that it asks from; the system's choice if absent. */
  readonly from?: string;
  /** The shell its script runs under; busybox ash, as on a real board, if absent. */
  readonly shell?: Shell;
  /** `malformed` if absent, which is what boards in the field send. */
  readonly branchField?: BranchField;
}

export interface BootOptions {
  /** Bytes per second, as curl takes them (`200K`); curl 7 reads up to 1.6 MB before it begins to slow down. */
  readonly limitRate?: string;
  /** Aborting it is pulling the plug: everything on the board stops at once. */
  readonly signal?: AbortSignal;
}

export interface Boot {
  /** The disk was written and the board now runs what is on it. */
  readonly flashed: boolean;
  /** The board says it is up to date, which is what it says after every failure, too. */
  readonly upToDate: boolean;
  /** Everything the script and its programs printed. */
  readonly output: string;
  /** The script's exit status; 128 and the signal's number if the plug was pulled. */
  readonly exit: number;
  /** SHA-256 of the whole disk after this boot, in hex. */
  readonly diskSha256: string;
}

/** Switches a new board on for the first time: it has an old system on its disk and knows where to ask for updates. */
export async function createBoard(options: BoardOptions): Promise<Board> {
  const tools = requireTools('bash', 'busybox', 'curl', 'tar', 'zstdcat');
  const dir = await mkdtemp(join(tmpdir(), 'board-'));
  const shell = options.shell ?? 'busybox';
  const { updateTxt, dnsTxt } = options;
  await mkdir(join(dir, 'boot'));
  if (updateTxt !== undefined) await writeFile(join(dir, 'boot', 'update.txt'), linesOfUpdateTxt(updateTxt));
  if (dnsTxt !== undefined) await writeFile(join(dir, 'dns.txt'), linesOfDnsTxt(dnsTxt));
  await writeFile(join(dir, 'disk'), 'the old system\n'.repeat(10_000));
  await writeFile(join(dir, 'board.conf'), firstBoardConf(options, join(dir, 'disk')));
  const environment = {
    ...(await linkPrograms(join(dir, 'bin'), shell, tools)),
    BOARD_DIR: dir,
    BRANCH_FIELD: options.branchField ?? 'malformed',
    HOME: dir,
    LC_ALL: 'C',
    ...(options.caPath && { CURL_CA_BUNDLE: options.caPath }),
  };
  return new Board(dir, tools[shell], environment, options);
}

/** A board on the bench, between two boots. Disposing it removes everything it had. */
export class Board implements AsyncDisposable {
  readonly disk: string;
  private readonly dir: string;
  private readonly shell: string;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly server: string;
  private readonly from: string | undefined;

  constructor(
    dir: string,
    shell: string,
    environment: Readonly<Record<string, string>>,
    { server, from }: Pick<BoardOptions, 'server' | 'from'>,
  ) {
    this.disk = join(dir, 'disk');
    this.dir = dir;
    this.shell = shell;
    this.environment = environment;
    this.server = server;
    this.from = from;
  }

  /** The board's configuration: the first one, or that of the image it flashed last. */
  boardConf(): Promise<string> {
    return readFile(join(this.dir, 'board.conf'), 'utf8');
  }

  /** SHA-256 of the whole disk as it is now, in hex. */
  diskSha256(): Promise<string> {
    return sha256(this.disk);
  }

  /** Boots once: asks for an update and flashes it or boots on. A flashed board's next boot is that of its new image. */
  async boot({ limitRate, signal }: BootOptions = {}): Promise<Boot> {
    const rebooted = join(this.dir, 'rebooted');
    const work = join(this.dir, 'update');
    for (const left of [rebooted, work]) await rm(left, { recursive: true, force: true });
    await mkdir(work);
    const options = [
      ...(limitRate === undefined ? [] : [`--limit-rate ${limitRate}`]),
      ...(this.from === undefined ? [] : [`--interface ${this.from}`]),
    ];
    const environment = { ...this.environment, CURL_OPTIONS: options.join(' ') };
    const { output, exit } = await runPreboot(this.shell, environment, join(this.dir, 'init.log'), signal);
    const flashed = (await exists(rebooted)) && output.includes('flush completed');
    if (flashed) await this.startFlashedImage();
    return { flashed, upToDate: /^up to date$/m.test(output), output, exit, diskSha256: await this.diskSha256() };
  }

  /** Switches the board off for good. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  private async startFlashedImage(): Promise<void> {
    const conf = await readFlashedConf(this.disk);
    await writeFile(join(this.dir, 'board.conf'), onThisBench(conf, this.server, this.disk));
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
