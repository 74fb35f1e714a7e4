import type * as vscode from 'vscode';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { LateBuilds } from '../build/late-builds.ts';
import type { ChangesNode } from '../changes/change-nodes.ts';
import type { ChangesView } from '../changes/changes-view.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import type { OpenImages } from '../inside/open-images.ts';
import type { Boards } from '../serving/boards.ts';
import type { ConsentStore } from '../serving/consent.ts';
import type { Serving } from '../serving/serving.ts';
import type { Updates } from '../update/updates.ts';
import type { BoardsNode } from '../views/board-rows.ts';
import type { BoardsView } from '../views/boards-view.ts';
import type { ImagesNode } from '../views/image-rows.ts';
import type { ImagesView } from '../views/images-view.ts';
import type { RequestLog } from '../views/request-log.ts';
import type { RequestNode } from '../views/request-node.ts';
import type { Project } from '../workspace/project.ts';
import type { Settings } from '../workspace/settings.ts';

/** A command of the manifest. */
export interface Command {
  readonly id: `mkbox.${string}`;
  /** Runs only where a folder is open that the user trusts. Elsewhere they are told so. */
  readonly needsTrustedFolder?: true;
  /** Whether a row is one that it can act on, where it can't do without. Where it is called on none, the user is told so. */
  readonly actsOn?: (row: Row | undefined) => boolean;
  /**
   * `row` is what a tree's menu or a key calls the command on; undefined from the palette. `selected` are all rows that
   * are selected with it, in a tree that allows several. What is thrown is told to the user by `runCommand`.
   */
  run(context: CommandContext, row?: Row, selected?: readonly Row[]): unknown;
}

/** What the commands act on. */
export interface CommandContext {
  readonly serving: Serving;
  readonly project: Project;
  readonly requests: RequestLog;
  readonly checks: ImageChecks;
  readonly boards: Boards;
  readonly builds: EarlierBuilds;
  readonly boardsView: Promise<BoardsView>;
  readonly imagesView: Promise<ImagesView>;
  /** Opens images to look into them: its code is read for the first one. */
  readonly openImages: () => Promise<OpenImages>;
  /** The view of changes: its code is read when something is compared. */
  readonly changes: () => Promise<ChangesView>;
  readonly building: LateBuilds;
  readonly consent: ConsentStore;
  readonly settings: Settings;
  readonly updates: Updates;
  /** Where the extension is installed. */
  readonly extensionFolder: string;
  readonly log: vscode.LogOutputChannel;
}

/** A row of a tree. A key that acts on what is selected among the boards says `selection`. */
export type Row = ImagesNode | BoardsNode | RequestNode | ChangesNode | 'selection';
