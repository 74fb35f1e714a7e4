/** Every time-out and cap of the server, with its reason. */

/** A board sends its few header lines at once. Ten seconds allow for a lossy link and end a slow-header attack early. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** Even a slow board on a lossy link finishes the handshake in a second; an attacker pays nothing for leaving it open. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** How often connections are checked for the header time-out. Node's default of 30 s would stretch the ten to forty. */
export const CONNECTIONS_CHECK_INTERVAL_MS = 2_000;

/** A board asks once and leaves. A browser or proxy that asks again does so within seconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;

/** A board that acknowledges nothing for this long is gone: tar writing to a slow card pauses for seconds, not for a minute. */
export const SEND_TIMEOUT_MS = 60_000;

/** A download without an acknowledged byte for this long is shown as stalled. A slow card pauses for less. */
export const STALL_SHOWN_AFTER_MS = 5_000;

/** The shortest interval between looks at what clients acknowledged: as often as the views draw. */
export const LOOK_EVERY_MS = 250;

/** The share of a processor that looking may use: with thousands of connections, one look takes ten milliseconds. */
export const LOOK_SHARE = 1 / 200;

/**
 * The longest interval between looks, whatever they cost: a stalled client must be told from a slow one within
 * `SEND_TIMEOUT_MS`.
 */
export const MOST_MS_BETWEEN_LOOKS = 10_000;

/**
 * A client that takes this much between two looks (8 MB/s) empties the system's queue within half a second, and is not
 * slow.
 */
export const FAST_BYTES_PER_TICK = 2_000_000;

/** The slowest client that is supported: a bad mobile line. */
export const SLOWEST_CLIENT_BYTES_PER_S = 20_000;

/**
 * The most data that a client may be busy with beyond `SEND_TIMEOUT_MS`, at the slowest rate: ten minutes. curl with
 * `--limit-rate` reads some 10 MB at once, and then nothing until the rate is met.
 */
export const MOST_BURST_BYTES = 12_000_000;

/** The most that a system queues for one connection: Linux has 4 MiB by default, and 32 MiB when tuned for long lines. */
export const MOST_HELD_BYTES = 32 * 1024 * 1024;

/** Bytes of the smallest piece, for a slow client: what it has received is known to within that. */
export const SMALLEST_SENT_BYTES = 64 * 1024;

/** A faster client gets pieces as large as it takes in this fraction of a tick. */
export const PIECES_PER_TICK = 4;

/**
 * How long a client has after the last byte to close or to ask again. Then we close our half, which makes any client
 * close its own once it has read everything. curl closes at once.
 */
export const LAST_BYTE_WAIT_MS = 250;

/** How long a client has to read a 400 and close before the connection is closed. */
export const LAST_WORD_WAIT_MS = 1_000;

/**
 * A lab has hundreds of boards, not thousands; a stalled one holds a descriptor for its file and one for its socket. At
 * this limit, a connection gives way to each new one; see `whoGivesWay`.
 */
export const MAX_CONNECTIONS = 2_000;

/** Requests dropped on a connection because an earlier one is unanswered: a script sends a few, and each takes memory. */
export const MOST_ASKED_AHEAD = 100;

/**
 * Boards that may queue: half of the connections, so that the other half is left for running transfers and for "up to
 * date" answers.
 */
export const MOST_WAITING = 1_000;

/** A queued board sends nothing, and neither do we: after this long the system probes whether it is still there. Firewalls drop silent connections, too. */
export const PROBE_AFTER_MS = 30_000;

/**
 * A page that nothing was sent to for this long is probed, once a second ten times (Node's interval): one that is gone is
 * known before the next event, whose retransmission would keep it for a quarter of an hour.
 */
export const PAGE_PROBE_AFTER_MS = 15_000;

/** Proxies cut off what is silent for a minute (nginx's proxy_read_timeout); some, after less. */
export const PAGE_SILENCE_MS = 30_000;

/** A client that is gone answers with a reset within a round trip; on a bad line that takes half a second. */
export const RESET_WAIT_MS = 1_000;

/** `Retry-After` of a client that found the queue full, in seconds: how long a turn takes when a thousand wait. */
export const FULL_RETRY_AFTER_SECONDS = 60;

/**
 * How much a limited line may catch up after a pause: timers on a busy machine are late by tens of milliseconds, and
 * the rate would fall short by those.
 */
export const BURST_MS = 100;

/** Pieces per second on a limited line: 5 ms each, which timers can still resolve. */
export const PIECES_PER_SECOND = 200;

/** The smallest piece: anything less would be more packets than needed. */
export const SMALLEST_PIECE_BYTES = 4 * 1024;

/** The largest piece: what the largest buffer holds. */
export const MOST_PIECE_BYTES = 512 * 1024;

/** The lowest rate limit, in bytes per second: a lower one is a mistake, such as a number meant as megabytes. */
export const SLOWEST_RATE = 1_000;

/** A board's headers take some 150 bytes, those of a browser behind a proxy a few thousand. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** A browser behind proxies sends some forty. */
export const MOST_HEADERS = 1_000;

/** The longest request target accepted: three names of 255 bytes, each byte percent-encoded, and the rest. */
export const MAX_TARGET_LENGTH = 4 * 1024;

/** How long running transfers may go on after a stop: supervisors kill a process after a minute or so. */
export const DRAIN_DEADLINE_MS = 30_000;

/**
 * How long accepted connections that have not asked yet are kept when another process takes over: a request that got
 * lost twice is sent again one and three seconds after its first try (RFC 6298, section 2).
 */
export const HANDOVER_GRACE_MS = 4_000;

/**
 * The backlog of a socket that was handed over, the default of systemd.socket(5): while one process ends and the next
 * starts, a whole lab may ask. The kernel reduces it to net.core.somaxconn.
 */
export const INHERITED_BACKLOG = 4_096;

/**
 * How long the first byte of an unexamined set may be delayed. A small image is examined by then, and an invalid one
 * refused in words; a large one is examined while it is sent, and its end held back.
 */
export const VERDICT_WAIT_MS = 1_000;

/** Bytes at the end of an image that are held back until it is verified: without them it can't be assembled. */
export const HELD_BACK_BYTES = 64 * 1024;

/** `Retry-After` for a set that is being built, in seconds: most are written within that time. */
export const RETRY_AFTER_SECONDS = 5;

/** How often a set is reopened for one request because it was replaced meanwhile. */
export const REOPEN_ATTEMPTS = 5;

/** How long an "up to date" answer may be repeated without a look at the disk. */
export const UP_TO_DATE_AGE_MS = 1_000;

/** When one request looks at the disk again before that; else a thousand boards that ask together would all look at once. */
export const UP_TO_DATE_RENEWED_MS = 500;

/** "Up to date" answers remembered: one for each image and build that boards ask with in a second. */
export const UP_TO_DATE_ENTRIES = 1_000;

/** How much of a transfer is in memory. */
export interface PieceRoom {
  /** Bytes of a piece. */
  readonly bytes: number;
  /** Whether the next piece is read while one is sent. */
  readonly readsAhead: boolean;
}

/**
 * Room for a piece while `runningTransfers` run. With few, large pieces save system calls and reading ahead saves time;
 * with many, there is always another transfer to read for, and memory counts: 2,000 stalled boards hold 130 MB.
 */
export function pieceRoom(runningTransfers: number): PieceRoom {
  if (runningTransfers <= 16) return { bytes: 512 * 1024, readsAhead: true };
  if (runningTransfers <= 128) return { bytes: 256 * 1024, readsAhead: false };
  return { bytes: 64 * 1024, readsAhead: false };
}
