/**
 * What the extension loads after its activation: one chunk, since many small ones take longer to load, and would leave
 * what they share with the entry in as many pieces.
 */
export { Builds } from './build/builds.ts';
export { BuildNotices } from './build-notices.ts';
export { BuildInventories } from './changes/build-inventories.ts';
export { ChangesView } from './changes/changes-view.ts';
export { runCommand } from './commands/commands.ts';
export { openEarlier } from './earlier/open-earlier.ts';
export { HaltNotices } from './halt-notices.ts';
export { BuildsSeen } from './inside/builds-seen.ts';
export { ImageFiles } from './inside/image-files.ts';
export { InsideRows } from './inside/inside-rows.ts';
export { ModelAnswers } from './model-answers.ts';
export { openViews } from './open-views.ts';
export { openBoards } from './serving/open-boards.ts';
export { openRequests } from './serving/open-requests.ts';
export { BoardsView } from './views/boards-view.ts';
