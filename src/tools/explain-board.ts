import { BoardNames } from '../control/board-names.ts';
import { findBoard } from '../control/find-boards.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { BoardReport, ImageReport } from '../status/report.ts';
import { boardFacts, listBoards } from './list-boards.ts';
import { imageFacts } from './list-images.ts';
import { standingText } from './standing-text.ts';
import { timeText } from './time-text.ts';
import type { Tool } from './tool.ts';

/** The last builds that a board was given. */
const MOST_GIVEN = 5;

export const explainBoard: Tool = {
  name: 'explain_board',
  title: 'Explain what a board got',
  description:
    'Explains why a board got nothing from the mkbox update server, or what it got instead: how its last request ended, what ' +
    'someone decided about it (hold, pin, roll-out), whether the image it asks for may be served, and which builds it was ' +
    'given before. "explanation" has that in sentences.',
  parameters: { board: 'The board: its name, address or hardware address, as list_boards has them.' },
  async answer(sources, { board: name = '' }) {
    const boards = await sources.boards();
    const board = findBoard(name, boards, listBoards.name);
    const image = (await sources.images()).find(({ id }) => id === board.image);
    return {
      explanation: explanationOf(board, image),
      board: boardFacts(board, new BoardNames(boards)),
      image: image && imageFacts(image),
      given: board.history.slice(0, MOST_GIVEN).map(({ build, image, givenAtMs, confirmedAtMs, times }) => ({
        buildId: build,
        image,
        givenAt: timeText(givenAtMs),
        confirmedAt: confirmedAtMs && timeText(confirmedAtMs),
        times,
      })),
    };
  },
};

function explanationOf(board: BoardReport, image: ImageReport | undefined): string[] {
  const { state, lastSeenMs, assignment } = board;
  const standing = `Its last request came at ${timeText(lastSeenMs)}; since ${timeText(state.sinceMs)} it is: ${standingText(board)}.`;
  return [standing, ...(assignment === undefined ? [] : [`It ${assignment}.`]), ...imageSentences(board, image)];
}

function imageSentences({ image: id, reportedBuild, isBehind }: BoardReport, image: ImageReport | undefined): string[] {
  if (id === undefined) return ['Its last request led to no image.'];
  if (image === undefined) return [`Its image ${id} is not there any more.`];
  const { state, reason, buildId, inPlaceOf } = image;
  if (state === 'incomplete' || state === 'wrong') return [`No board gets ${id} now, which is ${state}: ${reason}.`];
  const served = buildId === undefined ? '' : ` in build ${shortBuildId(buildId)}`;
  const chosen = inPlaceOf === undefined ? '' : `, in place of the newest, as ${inPlaceOf.by} chose`;
  return [`${id} is served${served}${chosen}.`, runningSentence(reportedBuild, isBehind)];
}

function runningSentence(reportedBuild: string | undefined, isBehind: boolean): string {
  if (reportedBuild === undefined) return 'It has not said which build it runs.';
  const runs = `It reports build ${shortBuildId(reportedBuild)}`;
  return isBehind ? `${runs}, and would get another one.` : `${runs}, and would get no other one now.`;
}
