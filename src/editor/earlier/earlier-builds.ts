import * as vscode from 'vscode';
import type { KeptBuild } from '../../builds/kept-build.ts';
import type { KeptBuilds } from '../../builds/kept-builds.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { buildIdOf } from '../../images/image-state.ts';
import { Owner } from '../dispose.ts';

/** The builds that are kept for this workspace. Their code and their folder are read on first use: activation waits for neither. */
export class EarlierBuilds extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #read: () => Promise<KeptBuilds | undefined>;
  #opening: Promise<KeptBuilds | undefined> | undefined;
  #kept: KeptBuilds | undefined;

  readonly onDidChange = this.#changed.event;

  /** `read` answers undefined for a window without a workspace. */
  constructor(read: () => Promise<KeptBuilds | undefined>) {
    super();
    this.#read = read;
  }

  /** Reads what is kept, once. */
  open(): Promise<KeptBuilds | undefined> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** All of them; none until they were read. */
  get list(): readonly KeptBuild[] {
    return this.#kept?.list ?? [];
  }

  /** The copy of an image's build; undefined where there is none, and until they were read. */
  find(imageId: string, buildId: string): KeptBuild | undefined {
    return this.#kept?.find({ imageId, buildId });
  }

  /** Those of an image besides the one that it has now, the one kept last first. */
  before(image: CatalogImage): readonly KeptBuild[] {
    const newest = buildIdOf(image);
    return (this.#kept?.of(image.id) ?? []).filter(({ buildId }) => buildId !== newest);
  }

  /** The image as boards get it. */
  published(image: CatalogImage): CatalogImage {
    return this.#kept?.published(image) ?? image;
  }

  async #open(): Promise<KeptBuilds | undefined> {
    const kept = await this.#read();
    kept?.events.on('changed', () => this.#changed.fire());
    this.#kept = kept;
    this.#changed.fire();
    return kept;
  }
}
