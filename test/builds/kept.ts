import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { KeptBuilds } from '../../src/builds/kept-builds.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog, type CatalogImage } from '../../src/images/catalog.ts';
import { SET_FILES } from '../../src/images/image-name.ts';
import { type BoxesFolder, BUILD_A, BUILD_B, makeBoxes, type WrittenSet, writeSet } from '../images/image-sets.ts';

export const IMAGE_ID = 'box/box-pi';

/** An image folder with a place beside it where builds are kept. */
export interface Bench extends AsyncDisposable {
  readonly boxes: BoxesFolder;
  readonly catalog: Catalog;
  readonly folder: string;
  readonly messages: string[];
  /** Opens what is kept, as a process that starts does. */
  open(): Promise<KeptBuilds>;
  /** Writes a build over the one that is there; answers the image as the catalog then has it. */
  build(buildId: string, payload?: Buffer): Promise<CatalogImage>;
  /** What `build` wrote last. */
  readonly written: WrittenSet;
  /** All that lies where builds are kept, by paths. */
  content(): Promise<string[]>;
}

export async function makeBench(): Promise<Bench> {
  const boxes = await makeBoxes();
  const catalog = new Catalog([boxes.root]);
  const folder = boxes.beside('builds');
  const messages: string[] = [];
  let written: WrittenSet | undefined;
  return {
    boxes,
    catalog,
    folder,
    messages,
    open: () => KeptBuilds.open(folder, (text) => messages.push(text)),
    async build(buildId, payload = Buffer.from(`of ${buildId}`)) {
      written = await writeSet(boxes.root, 'box', 'box-pi', { buildId, payload });
      return imageIn(catalog);
    },
    get written() {
      if (written === undefined) throw new Error('nothing was built');
      return written;
    },
    content: async () => (existsSync(folder) ? (await readdir(folder, { recursive: true })).sort() : []),
    [Symbol.asyncDispose]: () => boxes[Symbol.asyncDispose](),
  };
}

/** A bench that has A, and B as it came from elsewhere, in the folder `from`. */
export async function makeBoth(): Promise<{ readonly bench: Bench; readonly from: string }> {
  const bench = await makeBench();
  const from = bench.boxes.beside('from');
  await mkdir(from);
  await bench.build(BUILD_B);
  for (const suffix of Object.values(SET_FILES)) {
    await copyFile(bench.written.file(suffix), path.join(from, `box-pi${suffix}`));
  }
  await bench.build(BUILD_A);
  return { bench, from };
}

/** The one image, looked at anew. */
export async function imageIn(catalog: Catalog): Promise<CatalogImage> {
  const image = (await catalog.refresh(true)).byId.get(IMAGE_ID);
  if (image === undefined) throw new Error(`there is no ${IMAGE_ID}`);
  return image;
}

/** What an image is found to be, read to the last byte; by `checks`, where many are to be. */
export async function verdictOf({ root, folder, image, state }: CatalogImage, checks?: ImageChecks): Promise<string> {
  if (state.kind !== 'ready') return state.kind;
  const used = checks ?? new ImageChecks();
  try {
    const { zstIdentity: identity, buildId, checksums } = state;
    return (await used.verdict({ root, folder, image, identity, buildId, checksums })).kind;
  } finally {
    if (checks === undefined) await used.close();
  }
}
