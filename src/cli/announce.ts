import { networkInterfaces } from 'node:os';
import { codeText } from '../code-text.ts';
import type { CatalogSnapshot, UnreadableFolder } from '../images/catalog.ts';
import { faultText } from '../images/set-fault-text.ts';
import { looseImagesText, skippedLinkText } from '../images/skipped-text.ts';
import type { FlowLimits } from '../server/server-options.ts';
import { urlOf } from '../server/socket/server-url.ts';
import type { UpdateServer } from '../server/update-server.ts';
import { earlierText } from './keeping.ts';
import type { LineLog } from './line-log.ts';
import { reachableUrls } from './urls.ts';

/** What is logged about a server at its start. */
export interface Announced extends FlowLimits {
  /** The image folder, and where it leads if it is a link. */
  readonly folder: string;
  readonly realFolder: string;
  readonly snapshot: CatalogSnapshot;
  /** Whether its socket was handed over: only that one's address is told then, the machine's may be out of sight. */
  readonly isHandedOver: boolean;
}

/** Logs where `server` can be reached, how much goes out at once, how many images it serves, and which it does not, and why. */
export function announce(log: LineLog, server: UpdateServer, announced: Announced): void {
  const { folder, realFolder, snapshot, isHandedOver, rateLimit, maxTransfers } = announced;
  const { address, port } = server.address;
  const [first, ...others] = isHandedOver
    ? [`${urlOf(server.scheme, address, port)}, the socket handed over; HOST and PORT do not count`]
    : reachableUrls(server.scheme, address, port, networkInterfaces());
  const incomplete = snapshot.images.flatMap(({ id, state }) =>
    state.kind === 'incomplete' ? [{ id, fault: state.fault }] : [],
  );
  const count = snapshot.images.length - incomplete.length;
  const say = (text: string) => log.write(text, 'serving');
  const place = realFolder === folder ? folder : `${folder}, which leads to ${realFolder},`;
  say(`serving ${count} ${count === 1 ? 'image' : 'images'} of ${place} at ${first}`);
  for (const url of others) say(`also at ${url}`);
  if (rateLimit !== undefined) say(`sending at most ${rateLimit} bytes per second, to all boards together`);
  if (maxTransfers !== undefined) say(`sending at most ${maxTransfers} images at a time; further boards wait`);
  for (const loose of snapshot.loose) log.write(looseImagesText(loose), 'serving', 'warning');
  for (const link of snapshot.links) log.write(skippedLinkText(link), 'link', 'warning');
  for (const earlier of snapshot.images.map(earlierText)) {
    if (earlier !== undefined) log.write(earlier, 'builds', 'warning');
  }
  for (const { id, fault } of incomplete) {
    log.write(`not served: ${id} is incomplete: ${faultText(fault)}`, 'incomplete', 'warning');
  }
}

/** That a folder can't be read, in English, in one line. */
export function unreadableText({ path, code }: UnreadableFolder): string {
  return `${path} cannot be read (${codeText(code)}): who asks for its images is told to ask again`;
}
