import type { BoardRegistry } from '../../boards/board-registry.ts';
import type { KeptBuilds } from '../../builds/kept-builds.ts';
import { Networks } from '../../server/admission/networks.ts';
import type { ServerSetup } from '../../server/server-options.ts';
import type { ListenOptions } from '../../server/socket/listen.ts';
import { UpdateServer } from '../../server/update-server.ts';
import { StatusPages } from '../../status/status-pages.ts';

/** How a server is started; who gets what, and which pages there are, follows from the boards. */
export type WatchedServerOptions = Omit<ServerSetup, 'assigner' | 'pages'> &
  ListenOptions & { readonly builds: KeptBuilds | undefined };

/**
 * Starts a server whose boards are tracked: `boards` watches it until it has stopped and decides what each gets, and
 * this machine gets its status page, with `version`.
 * @throws UserError when it can't be started; see `UpdateServer.start`.
 */
export async function startWatched(
  options: WatchedServerOptions,
  boards: BoardRegistry,
  version: string,
): Promise<UpdateServer> {
  const { catalog, builds, checks } = options;
  const pages = new StatusPages({ version, catalog, builds, checks, boards, allowed: new Networks([]) });
  const server = await UpdateServer.start({ ...options, assigner: boards.assigner, pages: pages.add });
  const unwatch = boards.watch(server);
  pages.watch(server);
  const onBuilds = () => server.forgetAnswers();
  builds?.events.on('changed', onBuilds);
  void server.stopped.then(() => {
    unwatch();
    pages.close();
    builds?.events.off('changed', onBuilds);
  });
  return server;
}
