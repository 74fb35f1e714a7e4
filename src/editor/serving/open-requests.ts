import { type KeptRequest, REQUESTS_FORMAT } from '../../boards/kept-request.ts';
import { StateFile } from '../../boards/state-file.ts';
import type { OnMessage } from '../../words.ts';
import { requestFile } from './board-file.ts';
import { workspaceUris } from './workspace-uris.ts';

/** The file below the extension's `folder` that keeps this workspace's requests; undefined without a workspace. */
export function openRequests(folder: string, onMessage: OnMessage): StateFile<readonly KeptRequest[]> | undefined {
  const filePath = requestFile(folder, workspaceUris());
  return filePath === undefined ? undefined : new StateFile(filePath, REQUESTS_FORMAT, onMessage);
}
