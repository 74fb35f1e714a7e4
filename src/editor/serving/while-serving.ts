/** What serving loads when a server is to start: one chunk, as with what is loaded after activation. */
export { allowed } from './allowed.ts';
export { identifyHolder } from './port-holder.ts';
export { startWatched } from './watched-server.ts';
