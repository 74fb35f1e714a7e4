/** Every time-out and cap of the server, with its reason. */

/** A board sends its few header lines at once; ten seconds cover a lossy link and end a slow-header attack early. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** Keys are exchanged in a second even by a slow board on a lossy link; the client's part costs an attacker nothing. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** How often connections are checked for the header time-out; Node's own 30 s would stretch the ten to forty. */
export const CONNECTIONS_CHECK_INTERVAL_MS = 2_000;

/** A board asks once and goes; a browser or proxy that asks again does so within seconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;

/** A board that acknowledges no byte for so long is gone: tar writing to a slow card pauses for seconds, not for a minute. */
export const SEND_TIMEOUT_MS = 60_000;

/** After so long without an acknowledged byte, people are told that a download is stalled: a slow card pauses for less. */
export const STALL_SHOWN_AFTER_MS = 5_000;

/** How often we look at what clients acknowledged, at most: as often as the views draw. */
export const LOOK_EVERY_MS = 250;

/** The share of a processor that looking may take: with thousands of connections, one look takes ten milliseconds. */
export const LOOK_SHARE = 1 / 200;

/** Looks are no further apart, whatever they take: a stalled client is to be told from a slow one within `SEND_TIMEOUT_MS`. */
export const MOST_MS_BETWEEN_LOOKS = 10_000;

/** A client that takes so much between two looks (8 MB/s) has what the system holds within half a second, and is not slow. */
export const FAST_BYTES_PER_TICK = 2_000_000;

/** The slowest client we reckon with: a bad mobile line. */
export const SLOWEST_CLIENT_BYTES_PER_S = 20_000;

/**
 * The most that a client is believed to be at for longer than `SEND_TIMEOUT_MS`, at the slowest rate: ten minutes. curl with
 * `--limit-rate` reads some 10 MB at once, and then nothing for as long as these should have taken.
 */
export const MOST_BURST_BYTES = 12_000_000;

/** The most that a system holds for one connection: Linux has 4 MiB by default, and what was tuned for long lines 32. */
export const MOST_HELD_BYTES = 32 * 1024 * 1024;

/** Bytes of a piece for a client that is slow: what it has is then known to within that. */
export const SLOW_PIECE_BYTES = 64 * 1024;

/**
 * After the last byte a client has this long to close or to ask again; then we close our half, which makes any client
 * close its own once it has read everything. curl closes at once.
 */
export const LAST_BYTE_WAIT_MS = 250;

/** Who was told that its request is none has so long to read that and to close; then we close. */
export const LAST_WORD_WAIT_MS = 1_000;

/**
 * A lab has hundreds of boards, not thousands; a stalled one holds one descriptor for its file and one for its socket.
 * When it is reached, a connection gives way to each new one; see `whoGivesWay`.
 */
export const MAX_CONNECTIONS = 2_000;

/**
 * Boards that may wait for their turn: half of the connections, so that the other half is left for those that are being
 * sent something, and for word of being up to date.
 */
export const MOST_WAITING = 1_000;

/** A board that waits says nothing, and neither do we: after so long the system asks whether it is still there. Firewalls forget silent connections, too. */
export const PROBE_AFTER_MS = 30_000;

/** A client that is gone resets what it is sent within a round trip; a bad line takes half a second for one. */
export const RESET_WAIT_MS = 1_000;

/** When a client may ask again that found no place to wait, in seconds: turns take so long where a thousand wait. */
export const FULL_RETRY_AFTER_SECONDS = 60;

/**
 * What a limited line may make up for after it was silent: timers on a busy machine are late by tens of milliseconds,
 * and the rate would fall short by those.
 */
export const BURST_MS = 100;

/** Pieces that a limited line takes a second: of 5 ms each, which timers can still tell apart. */
export const PIECES_PER_SECOND = 200;

/** A piece has at least so many bytes: less would be more packets than needed. */
export const SMALLEST_PIECE_BYTES = 4 * 1024;

/** A piece has at most so many bytes: what the largest buffer holds. */
export const MOST_PIECE_BYTES = 512 * 1024;

/** The slowest line that can be asked for, in bytes a second: less is a slip, as of who means megabytes. */
export const SLOWEST_RATE = 1_000;

/** Headers of a board take some 150 bytes; of a browser behind a proxy a few thousand. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** The longest request target taken: three names of 255 bytes, each byte percent-encoded, and the rest. */
export const MAX_TARGET_LENGTH = 4 * 1024;

/** Running transfers are finished on stop, but not for ever: supervisors kill what has not stopped after a minute or so. */
export const DRAIN_DEADLINE_MS = 30_000;

/**
 * When another process takes over, connections that were accepted but have not asked yet are waited for this long: a
 * request that got lost twice is sent again one and three seconds after its first try (RFC 6298, section 2).
 */
export const HANDOVER_GRACE_MS = 4_000;

/**
 * Connections that may wait on a socket that was handed over, as systemd.socket(5) has it by default: while one process
 * ends and the next starts, a whole lab may ask. The kernel takes it down to net.core.somaxconn.
 */
export const INHERITED_BACKLOG = 4_096;

/**
 * How long a set that was not examined yet may hold up its first byte. A small image is known by then, and a wrong one
 * refused in words; a large one is examined while it is sent, and its end held back.
 */
export const VERDICT_WAIT_MS = 1_000;

/** Bytes at the end of an image that are held back until it is known to be right: it can't be put together without them. */
export const HELD_BACK_BYTES = 64 * 1024;

/** When a client may ask again for a set that is being built, in seconds: most are written within some. */
export const RETRY_AFTER_SECONDS = 5;

/** How often a set is opened anew for a request that came while it was replaced. */
export const REOPEN_ATTEMPTS = 5;

/** How long an "up to date" answer may be given again without a look at the disk. */
export const UP_TO_DATE_AGE_MS = 1_000;

/** When one of those that ask looks again before that: else a thousand boards that ask together would all look at once. */
export const UP_TO_DATE_RENEWED_MS = 500;

/** "Up to date" answers remembered: one for each image and build that boards ask with in a second. */
export const UP_TO_DATE_ENTRIES = 1_000;

/**
 * Bytes of each of a transfer's two buffers. Large buffers save system calls where few boards are served; with many,
 * the socket is the narrow place and memory counts: 2,000 stalled boards hold 256 MB.
 */
export function bufferBytes(runningTransfers: number): number {
  if (runningTransfers <= 16) return 512 * 1024;
  if (runningTransfers <= 128) return 256 * 1024;
  return 64 * 1024;
}
