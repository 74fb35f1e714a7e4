/** Every bound and time of the boards' registry, with its reason. */

/** Boards remembered: ten times a large lab. A board with a full history takes some 5 kB. */
export const MOST_BOARDS = 2_000;

/** Builds remembered of a board: some weeks of nightly ones. */
export const MOST_HISTORY = 20;

/** Characters kept of a text that came over the network: a build ID has 64, a query may have 4,000. */
export const MOST_TEXT = 200;

/** Complete downloads of one build in a row after which a board should run it: one may be lost to a power cut. */
export const LOOP_TIMES = 2;

/** Times of flashing that the expected one is the median of: few, since cards and images change; odd, so that one is in the middle. */
export const FLASH_SAMPLES = 9;

/** Kinds of boards of which the time of flashing is remembered. */
export const MOST_FLASH_KINDS = 500;

/** A board is overdue after twice the time that it takes others … */
export const OVERDUE_FACTOR = 2;

/** … but not before a minute more than that: a disk is checked, an address waited for. */
export const OVERDUE_MARGIN_MS = 60_000;

/** What flashing may take where nothing is known of it: 8 GB at 10 MB/s. */
export const UNKNOWN_FLASH_MS = 15 * 60_000;

/** A board asks at every boot; one that did not for a day is off, or out of reach. */
export const SILENT_AFTER_MS = 24 * 60 * 60_000;

/** Changes are told at most so often: four times a second is smooth enough to see that bytes move. */
export const FRAME_MS = 250;

/** The longest sleep until a state changes by time alone: timers count active time, and machines are suspended. */
export const LONGEST_SLEEP_MS = 60_000;

/** The file is written at most so often … */
export const SAVE_EVERY_MS = 1_000;

/** … and so many boards at a time, between which other work goes on: half a megabyte of text at most. */
export const BOARDS_PER_WRITE = 100;

/** How old what the kernel's table of neighbours said may be; reading it takes a fraction of a millisecond. */
export const NEIGHBOUR_FILE_AGE_MS = 1_000;

/** `arp -a` is a process to start: at most so often … */
export const ARP_EVERY_MS = 10_000;

/** … and given up after so long: it may wait for name servers. */
export const ARP_TIMEOUT_MS = 2_000;

/** What it said is forgotten after so long: addresses are given to other boards, not often. */
export const ARP_AGE_MS = 10 * 60_000;

/** Bytes taken of what it prints: 60 each, of some ten thousand neighbours. */
export const ARP_MOST_BYTES = 1024 * 1024;
