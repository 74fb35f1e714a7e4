import { networkInterfaces } from 'node:os';
import type { CatalogSnapshot } from '../images/catalog.ts';
import { faultText } from '../images/set-fault.ts';
import type { UpdateServer } from '../server/update-server.ts';
import type { LineLog } from './line-log.ts';
import { reachableUrls } from './urls.ts';

/** Logs where the server can be reached, how many images it serves, and which it does not, and why. */
export function announce(log: LineLog, server: UpdateServer, folder: string, { images }: CatalogSnapshot): void {
  const { address, port } = server.address;
  const [first, ...others] = reachableUrls(server.scheme, address, port, networkInterfaces());
  const incomplete = images.flatMap(({ id, state }) =>
    state.kind === 'incomplete' ? [{ id, fault: state.fault }] : [],
  );
  const count = images.length - incomplete.length;
  log.write(`serving ${count} ${count === 1 ? 'image' : 'images'} of ${folder} at ${first}`);
  for (const url of others) log.write(`also at ${url}`);
  for (const { id, fault } of incomplete) log.write(`not served: ${id} is incomplete: ${faultText(fault)}`);
}
