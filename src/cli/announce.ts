import { networkInterfaces } from 'node:os';
import type { CatalogSnapshot } from '../images/catalog.ts';
import { faultText } from '../images/set-fault.ts';
import type { UpdateServer } from '../server/update-server.ts';
import type { LineLog } from './line-log.ts';
import { reachableUrls, urlOf } from './urls.ts';

/**
 * Logs where the server can be reached, how many images it serves, and which it does not, and why. On a socket that was
 * handed over, only the socket's own address is told: the addresses of the machine may be out of sight.
 */
export function announce(
  log: LineLog,
  server: UpdateServer,
  folder: string,
  { images }: CatalogSnapshot,
  isHandedOver: boolean,
): void {
  const { address, port } = server.address;
  const [first, ...others] = isHandedOver
    ? [`${urlOf(server.scheme, address, port)}, the socket handed over; HOST and PORT do not count`]
    : reachableUrls(server.scheme, address, port, networkInterfaces());
  const incomplete = images.flatMap(({ id, state }) =>
    state.kind === 'incomplete' ? [{ id, fault: state.fault }] : [],
  );
  const count = images.length - incomplete.length;
  log.write(`serving ${count} ${count === 1 ? 'image' : 'images'} of ${folder} at ${first}`, 'serving');
  for (const url of others) log.write(`also at ${url}`, 'serving');
  for (const { id, fault } of incomplete) {
    log.write(`not served: ${id} is incomplete: ${faultText(fault)}`, 'incomplete', 'warning');
  }
}
