import { BoardNames } from '../control/board-names.ts';
import type { BoardReport } from '../status/report.ts';
import { standingText } from './standing-text.ts';
import { timeText } from './time-text.ts';
import type { Tool } from './tool.ts';

export const listBoards: Tool = {
  name: 'list_boards',
  title: 'List boards',
  description:
    'Lists the single-board computers that asked the mkbox update server for updates, each with its name, address, the image ' +
    'it asked for last, the build it runs, what it gets next and why, and where it stands: for example "downloading", ' +
    '"confirmed" (it runs the build that it was given), "refused" (it got nothing), "held" (someone put it on hold) or ' +
    '"silent" (not heard of for long).',
  parameters: {},
  async answer(sources) {
    const boards = await sources.boards();
    const names = new BoardNames(boards);
    return { boards: boards.map((board) => boardFacts(board, names)) };
  },
};

/** What a model is told of a board, whose first name means no other. */
export function boardFacts(board: BoardReport, names: BoardNames<BoardReport>): object {
  const { address, mac, tags, wish, image, reportedBuild, state, assignment, isBehind, lastSeenMs } = board;
  return {
    board: names.of(board)[0],
    address,
    mac,
    tags,
    asksFor: wish,
    image,
    reportedBuildId: reportedBuild,
    state: state.kind,
    standing: standingText(board),
    since: timeText(state.sinceMs),
    lastSeen: timeText(lastSeenMs),
    gets: assignment ?? 'the newest build of what it asks for',
    wouldGetAnotherBuild: isBehind,
  };
}
