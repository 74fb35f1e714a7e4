/** The packaged extension in a real VS Code, on a copy of the demo workspace. */
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { freePort } from '../free-port.ts';
import { PROJECT_ROOT } from './cache.ts';
import { installPackaged } from './packaged.ts';
import { type Options, prepareExtensions, startVSCode, type VSCode } from './vscode.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** Where tests of one file work: a copy of the demo, and the extension installed as users get it. */
export interface Bench extends AsyncDisposable {
  readonly demo: string;
  readonly boxes: string;
  /** The size of the extension's package. */
  readonly vsixBytes: number;
  /** Free when the bench was set up. */
  readonly port: number;
  /** Opens a VS Code on the demo, or on another folder. */
  open(options?: Partial<Options>): Promise<VSCode & { readonly workbench: Workbench }>;
}

/** Packages and installs the extension, and others that are given as packages, and copies the demo. */
export async function setUpBench(...others: readonly string[]): Promise<Bench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-bench-'));
  const demo = path.join(folder, 'demo');
  const extensionsDir = path.join(folder, 'extensions');
  await cp(path.join(PROJECT_ROOT, 'demo'), demo, { recursive: true });
  const vsix = await installPackaged(extensionsDir);
  for (const extension of others) await prepareExtensions(extension, extensionsDir);
  const port = await freePort();
  return {
    demo,
    boxes: path.join(demo, 'boxes'),
    vsixBytes: (await stat(vsix)).size,
    port,
    async open(options = {}) {
      // what nobody asked for would make images wrong, or ready, while a test is about something else
      const machineSettings = { 'mkbox.port': port, 'mkbox.verifyWhenIdle': false, ...options.machineSettings };
      const vscode = await startVSCode({ workspace: demo, extensionsDir, ...options, machineSettings });
      return { ...vscode, workbench: openWorkbench(vscode) };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Takes the boxes of the demo away: a test has its own. */
export async function removeBoxes({ boxes }: Bench): Promise<void> {
  for (const box of ['docker-box', 'led-blink', 'linux-box']) await rm(path.join(boxes, box), { recursive: true });
}

/**
 * Makes the image `docker-box-odroid-c4-big`: the demo's with so much noise behind it that sending it takes a while.
 * Answers the SHA-256 of the raw image.
 */
export async function addBigImage(boxes: string, noiseBytes: number): Promise<string> {
  const small = path.join(boxes, 'docker-box', 'docker-box-odroid-c4-main.img');
  const big = path.join(boxes, 'docker-box', 'docker-box-odroid-c4-big.img');
  const raw = Buffer.concat([zstdDecompressSync(await readFile(`${small}.zst`)), randomBytes(noiseBytes)]);
  const zst = zstdCompressSync(raw);
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const id = (await readFile(`${small}.buildID`, 'utf8')).slice(0, 64);
  const name = path.basename(big);
  await writeFile(`${big}.buildID`, `${id}  ${name}\n`);
  await writeFile(`${big}.zst`, zst);
  await writeFile(`${big}.sha256`, `${sha256(raw)}  ${name}\n${sha256(zst)}  ${name}.zst\n`);
  return sha256(raw);
}
