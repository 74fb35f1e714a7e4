/** What decides about connections when there are too many. */
export interface Crowd<C> {
  /** The address of its other end. */
  readonly addressOf: (connection: C) => string;
  /** Whether it has a running request. */
  readonly isBusy: (connection: C) => boolean;
  /** Whether connections of that address never give way. */
  readonly isSpared: (address: string) => boolean;
}

/**
 * Which of `connections`, in the order they came, gives way to `newcomer`, the last of them. First the oldest without a
 * running request: a board asks as soon as it is connected, so that is none. Then the newest of the address with the
 * most, if that has at least two more than the newcomer's: many boards may share an address, so none is limited while
 * there is room. Else the newcomer itself.
 */
export function whoGivesWay<C>(connections: Iterable<C>, newcomer: C, { addressOf, isBusy, isSpared }: Crowd<C>): C {
  const byAddress = new Map<string, C[]>();
  for (const connection of connections) {
    if (connection === newcomer) continue;
    const address = addressOf(connection);
    if (!isBusy(connection) && !isSpared(address)) return connection;
    const same = byAddress.get(address);
    if (same === undefined) byAddress.set(address, [connection]);
    else same.push(connection);
  }
  const own = byAddress.get(addressOf(newcomer))?.length ?? 0;
  let most: readonly C[] = [];
  for (const [address, same] of byAddress) if (same.length > most.length && !isSpared(address)) most = same;
  return most.length > own + 1 ? (most.at(-1) ?? newcomer) : newcomer;
}
