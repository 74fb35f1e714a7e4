/** The update server on the image folder given as argument, watched by the registry of boards or not; prints its URL. */
import { BoardRegistry } from '../src/boards/board-registry.ts';
import { ImageChecks } from '../src/checks/image-checks.ts';
import { Catalog } from '../src/images/catalog.ts';
import { UpdateServer } from '../src/server/update-server.ts';

const [, , folder = '', statePath] = process.argv;
const catalog = new Catalog([folder]);
const checks = await ImageChecks.open();
const boards = statePath === undefined ? undefined : await BoardRegistry.open({ statePath });
const server = await UpdateServer.start({
  catalog,
  checks,
  host: '127.0.0.1',
  port: 0,
  assigner: boards?.assigner,
});
boards?.watch(server);
process.stdout.write(`http://127.0.0.1:${server.address.port}\n`);
