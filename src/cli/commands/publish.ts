import { mkdir, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { KeptBuilds } from '../../builds/kept-builds.ts';
import { hasRoomFor } from '../../builds/pruning.ts';
import {
  type FormerBuild,
  type Publication,
  type PublishSource,
  publish,
  whyUnpublished,
} from '../../builds/publish.ts';
import { servedAgainText } from '../../builds/served-again-text.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import { systemErrorCode, UserError } from '../../errors.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { Catalog, CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';
import { imageOfSetFile, isPublishableName } from '../../images/image-name.ts';
import { plainNameHint } from '../../images/plain-name.ts';
import { imageOfRawFile } from '../../images/raw-file.ts';
import { isOwnersOnly } from '../../images/set-access.ts';
import { printable } from '../../printable.ts';
import { buildsAtServer, notePublished } from '../control.ts';
import { type CommandSettings, UsageError } from '../environment.ts';
import { openBuilds } from '../keeping.ts';
import { stopSignal } from '../stop-signal.ts';
import { withChecks } from '../with-checks.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

interface PublishOptions {
  readonly to?: string;
  readonly buildId?: string;
}

/**
 * `update-server publish <file>… [--to <box>]`: puts sets that lie elsewhere, or raw images alone, which are packed, in the
 * place of those below IMAGE_PATH, and prints a line for each. The former ones are kept where KEEP_BUILDS says so. Ends with 1 where
 * one could not be published: it and those after it are as they were.
 */
export function publishCommand({ settings }: CommandContext): Command {
  return subcommand('publish', 'Puts a set from elsewhere, or a raw image, in the place of the former one.')
    .argument('<file...>', 'files of sets, one of each is enough; or raw images (.img), which are packed')
    .option('--to <box>', 'the folder below IMAGE_PATH that they go to')
    .option('--build-id <ID>', 'the build ID of a raw image that says none inside')
    .action(async (files: readonly string[], options: PublishOptions) => {
      const sources = sourcesOf(files, options.buildId);
      const given = settings();
      await withChecks(given, (catalog, checks) => publishAll(sources, options.to, { given, catalog, checks }));
    });
}

interface Site {
  readonly given: CommandSettings;
  readonly catalog: Catalog;
  readonly checks: ImageChecks;
}

async function publishAll(sources: readonly PublishSource[], to: string | undefined, site: Site): Promise<void> {
  const { given, catalog, checks } = site;
  const { signal } = stopSignal('stopped; what was not said to be published is as it was');
  const tell = (text: string) => process.stderr.write(`${printable(text)}\n`);
  const builds = await openBuilds(given, tell, 'others'); // the server may be another user's
  const root = await realpath(given.imagePath);
  for (const source of sources) {
    const snapshot = await catalog.refresh(true);
    const { box, folder, isNew } = await placeFor(source.image, to, root, snapshot);
    const id = `${box}/${source.image}`;
    const publication = await publish(source, folder, {
      checks,
      signal,
      keep: (former) => keepFormer({ ...former, id, box }, given, builds),
      onWait: () => tell(`another process publishes in ${folder}; waiting for it`),
    }).catch(async (error: unknown) => {
      if (isNew) await rmdir(folder).catch(() => {}); // someone else put something in it
      throw error;
    });
    process.stdout.write(`${printable(await publicationText(id, publication, given))}\n`);
    if (await isOwnersOnly(folder, source.image)) tell(ownersOnlyText(id));
    if (publication.kind !== 'there already') await notePublished(given, id, publication.buildId);
    const choice = builds?.choiceOf(id);
    if (choice !== undefined) tell(servedAgainText(choice.build, id));
    const hint = plainNameHint(source.image);
    if (hint !== undefined) tell(`${id}: ${hint}`);
  }
}

/** The sets and raw images that `files` are of, each once, in their order. */
function sourcesOf(files: readonly string[], buildId: string | undefined): PublishSource[] {
  const sources = new Map<string, PublishSource>();
  for (const file of files) {
    const name = path.basename(file);
    const ofSet = imageOfSetFile(name);
    const image = ofSet ?? imageOfRawFile(name) ?? '';
    if (!isPublishableName(image)) {
      throw new UsageError(
        `${file} is no file of an image set (.img.zst, .img.sha256, .img.buildID), and no raw image (.img)`,
      );
    }
    const folder = path.dirname(path.resolve(file));
    const key = path.join(folder, image);
    const isRaw = ofSet === undefined && sources.get(key)?.isRaw !== false;
    sources.set(key, { folder, image, isRaw, buildId });
  }
  return [...sources.values()];
}

/** Where an image goes: the folder that is named; else the one that has it; else the one whose box it is named for. */
async function placeFor(image: string, to: string | undefined, root: string, snapshot: CatalogSnapshot) {
  const box = to ?? boxOf(image, snapshot);
  const known = snapshot.boxes.find(({ name }) => name === box);
  if (known !== undefined) return { box, folder: known.path, isNew: false };
  if (!isPublishableName(box)) throw noFolderName(box);
  const folder = path.join(root, box);
  try {
    await mkdir(folder);
  } catch (error) {
    switch (systemErrorCode(error)) {
      case 'EEXIST':
        throw new UserError(`${folder} is no folder that images are served from`);
      case 'ENAMETOOLONG':
        throw noFolderName(box);
      default:
        throw whyUnpublished(error, root, image);
    }
  }
  return { box, folder, isNew: true };
}

function noFolderName(box: string): UsageError {
  return new UsageError(`${JSON.stringify(box)} can't be the name of a folder of images`);
}

function boxOf(image: string, { boxes, byName }: CatalogSnapshot): string {
  const having = byName.get(image) ?? [];
  const named = boxes.map(({ name }) => name).filter((name) => image.startsWith(`${name}-`));
  const [box, ...others] =
    having.length > 0 ? having.map(({ box }) => box) : named.toSorted((a, b) => b.length - a.length);
  if (box === undefined)
    throw new UserError(`no folder below IMAGE_PATH is named for ${image}: say which by --to <box>`);
  if (having.length > 1) {
    throw new UserError(`${image} is in ${[box, ...others].join(', ')}: say which by --to <box>`);
  }
  return box;
}

/** Keeps the former build; answers why it can't be kept, if so. */
async function keepFormer(
  former: CatalogImage,
  { keep }: CommandSettings,
  builds: KeptBuilds | undefined,
): Promise<string | undefined> {
  const bounds = keep?.bounds;
  if (builds === undefined || !bounds?.builds) return 'KEEP_BUILDS says to keep none';
  const { id, state } = former;
  if (state.kind !== 'ready') return 'it is not complete';
  const isKept = builds.find({ imageId: id, buildId: state.buildId }) !== undefined;
  // only the server removes kept builds: it knows what boards run, and what they are pinned to
  if (!isKept && !hasRoomFor(state.zstBytes, builds.list, bounds, () => 'needed'))
    return 'KEEP_SIZE has no room for it';
  try {
    const result = await builds.keep(former);
    if (result === 'no room') return 'the disk has no room for it';
    if (result === 'unreadable') return 'whoever may read the image could not read the copy';
    return result === 'changed' ? 'it was changed meanwhile' : undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return code;
  }
}

function ownersOnlyText(id: string): string {
  return `${id} can be read by its owner only: a server that runs as another user refuses it until chmod(1) lets it read the files`;
}

async function publicationText(id: string, publication: Publication, given: CommandSettings): Promise<string> {
  const { kind, buildId } = publication;
  if (kind === 'there already') return `${id} is build ${shortBuildId(buildId)} already`;
  const { zstBytes, former } = publication;
  const published = `published build ${shortBuildId(buildId)} of ${id}, ${zstBytes} bytes`;
  if (former === undefined) return published;
  return `${published}; the former one, ${shortBuildId(former.buildId)}, ${await fateOf(former, id, given)}`;
}

/** What became of the former build: one that was not kept here, the server may have kept, by settings of its own. */
async function fateOf({ buildId, unkept }: FormerBuild, id: string, given: CommandSettings): Promise<string> {
  if (unkept === undefined) return 'is kept';
  const atServer = await buildsAtServer(given, id);
  return atServer.includes(buildId) ? 'is kept by the server' : `is not kept (${unkept})`;
}
