import path from 'node:path';
import type * as vscode from 'vscode';
import type { BoardState } from '../boards/board.ts';
import type { Boards } from './serving/boards.ts';
import type { Serving } from './serving/serving.ts';
import { endpointOf } from './serving-state.ts';
import type { Project } from './workspace/project.ts';
import { requireTrustedFolder } from './workspace/trusted-folder.ts';

/**
 * What other extensions get from `vscode.extensions.getExtension('mkbox.mkbox')?.activate()`. It follows Semantic
 * Versioning on its own: `version` is its version, 1 at first.
 */
export interface MkboxApi {
  readonly version: 1;
  /**
   * Serves the workspace's images, as the command *mkbox: Serve Images* does, on the address and port that the user
   * set. Resolves with the URL for boards, or undefined when serving is not possible, as in a workspace that is not
   * trusted: the user has been told why.
   */
  serve(): Promise<string | undefined>;
  /** Stops taking requests and resolves when the running ones have finished. */
  stop(): Promise<void>;
  /** A request came, began to be answered, or ended. */
  readonly onDidRequest: vscode.Event<MkboxRequest>;
  /** The images as of the last look at the disk, sorted by ID. */
  images(): readonly MkboxImage[];
  /** The boards that have asked this window's server for updates, sorted by name or address. */
  boards(): readonly MkboxBoard[];
}

/** A request as it is at the moment. */
export interface MkboxRequest {
  readonly client: string;
  /** Path and query. */
  readonly target: string;
  /** `<box>/<image>`, where the request was resolved to an image. */
  readonly image: string | undefined;
  readonly state: 'running' | 'finished' | 'broken' | 'refused';
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** An image of the workspace. */
export interface MkboxImage {
  /** `<box>/<image>`. */
  readonly id: string;
  readonly path: string;
  /** Absent while the image can't be served. */
  readonly buildId: string | undefined;
}

/** A board, as its requests show it. */
export interface MkboxBoard {
  /** Stays the same over restarts. */
  readonly id: string;
  /** The name that the user gave it, if any. */
  readonly name: string | undefined;
  /** The address it asked from last. */
  readonly address: string;
  /** The build that it last reported. */
  readonly buildId: string | undefined;
  readonly state: BoardState['kind'];
}

/** Makes the API from the extension's parts. */
export function createApi(serving: Serving, project: Project, boards: Boards, log: vscode.LogOutputChannel): MkboxApi {
  return {
    version: 1,
    async serve() {
      if (!requireTrustedFolder(log)) return undefined;
      await serving.serve({ kind: 'all' });
      return endpointOf(serving.state)?.url;
    },
    stop: () => serving.stop(),
    onDidRequest: (listener, thisArg, disposables) =>
      serving.onDidChangeTransfer(
        ({ client, target, resolution, state, sentBytes, totalBytes }) =>
          listener.call(thisArg, {
            client,
            target,
            image: resolution?.found?.id,
            state: state.kind,
            sentBytes,
            totalBytes,
          }),
        undefined,
        disposables,
      ),
    images: () =>
      project.snapshot.images.map(({ id, folder, image, state }) => ({
        id,
        path: path.join(folder, `${image}.img.zst`),
        buildId: state.kind === 'ready' ? state.buildId : undefined,
      })),
    boards: () =>
      boards.list.map(({ id, name, address, reportedBuild, state }) => ({
        id,
        name,
        address,
        buildId: reportedBuild,
        state: state.kind,
      })),
  };
}
