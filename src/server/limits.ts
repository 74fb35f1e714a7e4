/** Every time-out and cap of the server, with its reason. */

/** A board sends its few header lines at once; ten seconds cover a lossy link and end a slow-header attack early. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** Keys are exchanged in a second even by a slow board on a lossy link; the client's part costs an attacker nothing. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** How often connections are checked for the header time-out; Node's own 30 s would stretch the ten to forty. */
export const CONNECTIONS_CHECK_INTERVAL_MS = 2_000;

/** A board asks once and goes; a browser or proxy that asks again does so within seconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;

/** A board that takes no byte for so long is gone: tar writing to a slow card pauses for seconds, not for a minute. */
export const SEND_TIMEOUT_MS = 60_000;

/**
 * After the last byte a client has this long to close or to ask again; then we close our half, which makes any client
 * close its own once it has read everything. curl closes at once.
 */
export const LAST_BYTE_WAIT_MS = 250;

/** Who was told that its request is none has so long to read that and to close; then we close. */
export const LAST_WORD_WAIT_MS = 1_000;

/** A lab has hundreds of boards, not thousands; a stalled one holds one descriptor for its file and one for its socket. */
export const MAX_CONNECTIONS = 2_000;

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
