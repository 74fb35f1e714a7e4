import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { nextImage } from '../../boards/next-image.ts';
import { UserError } from '../../errors.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { ChangesView } from '../changes/changes-view.ts';
import type { Source } from '../changes/comparison.ts';
import { imageOfBuild } from '../inside/build-image.ts';
import { boardName } from '../words/board-name.ts';
import { noImageText } from '../words/board-words.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Command, CommandContext } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** Shows what a board's next update changes on it: its build against the one that it gets next. */
export const whatWouldChange: Command = {
  id: 'mkbox.whatWouldChange',
  async run(context, row) {
    const board = await chooseBoard(context, row, vscode.l10n.t('What Would Change?'));
    if (board === undefined) return;
    const changes = await context.changes();
    const builds = await buildsOf(board, context, changes);
    if (typeof builds !== 'string') await changes.compare(builds.before, builds.after);
    else void vscode.window.showInformationMessage(plainMessage(vscode.l10n.t('mkbox: {0}', builds)));
  },
};

/** The build that a board runs, and the one it gets next; or why there is nothing to compare, in words. */
async function buildsOf(
  board: Board,
  { project, builds, boards }: CommandContext,
  { inventories }: ChangesView,
): Promise<{ readonly before: Source; readonly after: Source } | string> {
  const { l10n } = vscode;
  const registry = await boards.open();
  const name = boardName(board);
  const { reportedBuild } = board;
  const next = nextImage(board, project.served.snapshot);
  const nextBuild = next?.build && registry.imageOfBuild(next.image.id, next.build, project.served.snapshot);
  if (reportedBuild === undefined) return l10n.t('{0} has not said what build it runs.', name);
  if (next === undefined || !nextBuild) return noImageText(name, l10n);
  if (!next.isOther) return l10n.t('{0} runs the build that it would get: nothing would change.', name);
  const after: Source = { kind: 'image', image: nextBuild };
  const image = imageOfBuild(project.snapshot, builds.list, reportedBuild);
  if (image !== undefined) return { before: { kind: 'image', image }, after };
  if ((await inventories.kept(reportedBuild)) !== undefined)
    return { before: { kind: 'kept', buildId: reportedBuild }, after };
  throw new UserError(
    l10n.t(
      'what is in build {0}, which {1} runs, is not known: its image is gone, and no inventory of it was taken before.',
      shortBuildId(reportedBuild),
      name,
    ),
  );
}
