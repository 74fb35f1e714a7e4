import { MAX_CONNECTIONS } from './limits.ts';

/** What checks of images, looks at folders and a worker open at a time, beside connections and the images sent on them. */
const OTHER_FILES = 30;

/** The most connections while the system lets the process open so many more files: without one left, none can be accepted. */
export function mostConnections(filesLeft = Number.POSITIVE_INFINITY): number {
  return Math.min(MAX_CONNECTIONS, Math.max(1, Math.floor((filesLeft - OTHER_FILES) / 2)));
}
