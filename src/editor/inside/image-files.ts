import * as vscode from 'vscode';
import type { TreeFile } from '../../contents/file-tree.ts';
import { gather } from '../../contents/gather.ts';
import { type TreeFault, treeFaultText } from '../../contents/tree-fault.ts';
import { UserError } from '../../errors.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { Owner } from '../dispose.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import type { Project } from '../workspace/project.ts';
import { imageOfBuild } from './build-image.ts';
import { type InsidePath, insidePathOf } from './file-uri.ts';
import { buildOf } from './inside-node.ts';
import type { OpenImages } from './open-images.ts';

/** The largest file opened: an editor holds it in memory. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024;

/** Reads the files inside images, by the editor's URIs. Images are those that are there now: the workspace was searched. */
export class ImageFiles extends Owner {
  readonly #project: Project;
  readonly #builds: EarlierBuilds;
  readonly #images: () => Promise<OpenImages>;
  readonly #watched = new Set<vscode.Uri>();
  /** By image ID: its state when a file in it was opened last. */
  readonly #seen = new Map<string, string | undefined>();
  readonly #changed = this.own(new vscode.EventEmitter<vscode.FileChangeEvent[]>());

  readonly onDidChangeFile = this.#changed.event;

  /** `images`: opens them; its code is loaded when the first one is looked into. */
  constructor(project: Project, builds: EarlierBuilds, images: () => Promise<OpenImages>) {
    super();
    this.#project = project;
    this.#builds = builds;
    this.#images = images;
    this.own(project.onDidChange(() => this.#tellBuilt()));
  }

  /** Reloads files that are open in an editor when their image was rebuilt. */
  watch(uri: vscode.Uri): vscode.Disposable {
    this.#watched.add(uri);
    const { image } = insidePathOf(uri);
    this.#seen.set(image, this.#buildOf(image));
    return new vscode.Disposable(() => this.#watched.delete(uri));
  }

  #tellBuilt(): void {
    const built = new Set([...this.#seen].filter(([id, build]) => build !== this.#buildOf(id)).map(([id]) => id));
    for (const id of built) this.#seen.set(id, this.#buildOf(id));
    const changed = [...this.#watched].filter((uri) => built.has(insidePathOf(uri).image));
    if (changed.length > 0) this.#changed.fire(changed.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  /** Undefined while there is none. */
  #buildOf(id: string): string | undefined {
    const image = this.#project.snapshot.byId.get(id);
    return image && buildOf(image);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const place = insidePathOf(uri);
    const images = await this.#images();
    const file = await images.look(this.#imageOf(place), place.tree, (files) => files.stat(place.path));
    if ('kind' in file) throw failure(place, file);
    return statOf(file);
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const place = insidePathOf(uri);
    const images = await this.#images();
    const files = await images.look(this.#imageOf(place), place.tree, (tree) => tree.list(place.path));
    if ('kind' in files) throw failure(place, files);
    return files.map((file) => [file.name, 'status' in file ? typeOf(file) : vscode.FileType.Unknown]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const place = insidePathOf(uri);
    const images = await this.#images();
    const content = await images.look(this.#imageOf(place), place.tree, async (files) => {
      const pieces = await files.read(place.path);
      return 'kind' in pieces ? pieces : gather(pieces, LARGEST_FILE_BYTES);
    });
    if (content === undefined) throw new UserError(vscode.l10n.t('{0} is too large to be shown', place.path));
    if ('kind' in content) throw failure(place, content);
    return content;
  }

  #imageOf({ image: id, build }: InsidePath): CatalogImage {
    const { snapshot } = this.#project;
    const image = build === undefined ? snapshot.byId.get(id) : imageOfBuild(snapshot, this.#builds.list, build, id);
    if (image !== undefined) return image;
    const text =
      build === undefined
        ? vscode.l10n.t('there is no image {0}', id)
        : vscode.l10n.t('build {0} of {1} is no longer there', shortBuildId(build), id);
    throw vscode.FileSystemError.FileNotFound(text);
  }
}

function failure({ path }: InsidePath, fault: TreeFault): Error {
  return fault.kind === 'missing'
    ? vscode.FileSystemError.FileNotFound(path)
    : new UserError(treeFaultText(path, fault, vscode.l10n));
}

function statOf(file: TreeFile): vscode.FileStat {
  const { bytes, modifiedAt } = file.status;
  const mtime = modifiedAt * 1000;
  return { type: typeOf(file), size: bytes, mtime, ctime: mtime, permissions: vscode.FilePermission.Readonly };
}

function typeOf({ status: { type } }: TreeFile): vscode.FileType {
  switch (type) {
    case 'file':
      return vscode.FileType.File;
    case 'folder':
      return vscode.FileType.Directory;
    case 'link':
      return vscode.FileType.SymbolicLink;
    default:
      return vscode.FileType.Unknown;
  }
}
