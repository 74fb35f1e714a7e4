/**
 * What the extension reads after its activation: as one chunk, since many small ones take longer to read, and would
 * leave what they share with the entry in as many pieces.
 */
export { rawSize } from '../images/raw-size.ts';
export { BoardCommands } from './commands/board-commands.ts';
export { CopyCommands, copy } from './commands/copy.ts';
export { exportRequests } from './commands/export-requests.ts';
export { openStatusPage } from './commands/open-status-page.ts';
export { Packing } from './commands/pack-image.ts';
export { revealImage } from './commands/reveal-image.ts';
export { confirm, serveBy, serveToNetwork } from './commands/serve-to-network.ts';
export { showActions } from './commands/show-actions.ts';
export { verifyImages } from './commands/verify-images.ts';
export { ImageFiles } from './inside/image-files.ts';
export { InsideRows } from './inside/inside-rows.ts';
export { insideItem } from './inside/tree-rows.ts';
export { openBoards } from './serving/open-boards.ts';
export { BoardsView } from './views/boards-view.ts';
export { confirmedText } from './words/board-words.ts';
