import * as vscode from 'vscode';
import type { CatalogImage } from '../images/catalog.ts';
import { sameIdentity } from '../images/pinned-file.ts';
import type { Verdict } from '../images/verify.ts';
import { Owner } from './dispose.ts';

/** A verdict on a file's content. */
export type ContentVerdict = Extract<Verdict, { kind: 'right' | 'wrong' }>;

/** What checks of images came to, for as long as their files stay what they were. */
export class Verdicts extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #byId = new Map<string, ContentVerdict>();

  readonly onDidChange = this.#changed.event;

  /** The verdict on the file that `image` has now; undefined where it was not checked. */
  of(image: CatalogImage): ContentVerdict | undefined {
    const verdict = this.#byId.get(image.id);
    if (verdict === undefined || image.state.kind !== 'ready') return undefined;
    return sameIdentity(verdict.file, image.state.zstIdentity) ? verdict : undefined;
  }

  note(id: string, verdict: ContentVerdict): void {
    this.#byId.set(id, verdict);
    this.#changed.fire();
  }
}
