/**
 * The update server on the image folder given as argument, watched by the registry of boards if the file that keeps it
 * follows, which rolls builds out if stages follow that; prints its URL.
 */
import { BoardRegistry } from '../src/boards/board-registry.ts';
import { readStages } from '../src/boards/stages.ts';
import { ImageChecks } from '../src/checks/image-checks.ts';
import { Catalog } from '../src/images/catalog.ts';
import { UpdateServer } from '../src/server/update-server.ts';

const [, , folder = '', statePath, ...stages] = process.argv;
const catalog = new Catalog([folder]);
const checks = await ImageChecks.open();
const plan = stages.length === 0 ? undefined : { stages: readStages(stages) };
const boards = statePath === undefined ? undefined : await BoardRegistry.open({ statePath, rollOutPlan: () => plan });
const server = await UpdateServer.start({
  catalog,
  checks,
  host: '127.0.0.1',
  port: 0,
  assigner: boards?.assigner,
});
boards?.watch(server);
process.stdout.write(`http://127.0.0.1:${server.address.port}\n`);
