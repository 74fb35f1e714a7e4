import { compareBuilds } from './compare-builds.ts';
import { explainBoard } from './explain-board.ts';
import { listBoards } from './list-boards.ts';
import { listImages } from './list-images.ts';
import type { Tool } from './tool.ts';

/** All tools, for the editor and for the Model Context Protocol. */
export const TOOLS: readonly Tool[] = [listImages, listBoards, explainBoard, compareBuilds];
