import * as vscode from 'vscode';
import { Owner } from '../dispose.ts';
import { SCHEME } from './file-uri.ts';
import type { ImageFiles } from './image-files.ts';

/**
 * The files inside images, read-only, for the editor. It is there as soon as the extension is: an editor that was open
 * when the window was closed asks at once. What answers is loaded then.
 */
export class LateImageFiles extends Owner implements vscode.FileSystemProvider {
  readonly #load: () => Promise<ImageFiles>;
  readonly #onFailure: (error: unknown) => void;
  readonly #changed = this.own(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  #files: Promise<ImageFiles> | undefined;

  readonly onDidChangeFile = this.#changed.event;

  /** `load` answers when images can be found. */
  constructor(load: () => Promise<ImageFiles>, onFailure: (error: unknown) => void) {
    super();
    this.#load = load;
    this.#onFailure = onFailure;
    this.own(vscode.workspace.registerFileSystemProvider(SCHEME, this, { isReadonly: true, isCaseSensitive: true }));
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    const watching = this.#open().then((files) => files.watch(uri), this.#onFailure);
    return new vscode.Disposable(() => watching.then((watch) => watch?.dispose()).catch(this.#onFailure));
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return (await this.#open()).stat(uri);
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return (await this.#open()).readDirectory(uri);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#open()).readFile(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  #open(): Promise<ImageFiles> {
    this.#files ??= this.#load().then((files) => {
      this.own(files);
      this.own(files.onDidChangeFile((changes) => this.#changed.fire(changes)));
      return files;
    });
    return this.#files;
  }
}
