/** Every bound and time of the boards' registry, with its reason. */

/** The most boards: ten times a large lab. A board with a full history takes some 5 kB. */
export const MOST_BOARDS = 2_000;

/** The most builds in a board's history: some weeks of nightly ones. */
export const MOST_HISTORY = 20;

/** Characters stored of a text from the network: a build ID has 64, a query may have 4,000. */
export const MOST_TEXT = 200;

/** Characters read of a text in a file, and the most that is kept of what people type, as their reasons. */
export const MOST_KEPT_TEXT = 1_000;

/** Complete downloads of one build in a row before a board counts as reflashing: one may be lost to a power cut. */
export const LOOP_TIMES = 2;

/** Complete downloads of one build by one board after which it gets that no more: a lost one, one to be sure, and one more. */
export const STOP_TIMES = 3;

/** The least time in which a board flashes, restarts and asks again, where nothing is known of its kind. */
export const SOONEST_BOOT_MS = 15_000;

/** Who asks again sooner than this part of the time that others take is another board behind that address. */
export const SOONEST_PART = 0.5;

/** The most tags of a board. */
export const MOST_TAGS = 20;

/** How many flash times the expected one is the median of: few, since cards and images change; odd, so that one is in the middle. */
export const FLASH_SAMPLES = 9;

/** The most kinds of boards whose flash times are stored. */
export const MOST_FLASH_KINDS = 500;

/** A board is overdue after twice the time that others take … */
export const OVERDUE_FACTOR = 2;

/** … plus a minute at least: a disk is checked, an address waited for. */
export const OVERDUE_MARGIN_MS = 60_000;

/** The expected flash time where none is known: 8 GB at 10 MB/s. */
export const UNKNOWN_FLASH_MS = 15 * 60_000;

/** A board asks at every boot; one that has not for a day is off, or out of reach. */
export const SILENT_AFTER_MS = 24 * 60 * 60_000;

/** A board that has been silent for a week is not just off for the weekend. */
export const GONE_AFTER_MS = 7 * SILENT_AFTER_MS;

/** What differs by less was no setting of the clock: some systems tell how long they are up in whole seconds. */
export const LEAST_SET_MS = 10_000;

/** A clock that shows less is not set yet: this program is younger. */
export const CLOCK_IS_SET_FROM_MS = Date.UTC(2026, 0);

/** The shortest interval between change events: four times a second is smooth enough to see that bytes move. */
export const FRAME_MS = 250;

/** The most images of which a roll-out is remembered, and an earlier build that boards got. */
export const MOST_ROLL_OUTS = 1_000;

/** The longest sleep until a state changes by time alone: timers count active time, and machines are suspended. */
export const LONGEST_SLEEP_MS = 60_000;

/** The shortest interval between writes of the file … */
export const SAVE_EVERY_MS = 1_000;

/** … and the boards written at a time, between which other work goes on: half a megabyte of text at most. */
export const BOARDS_PER_WRITE = 100;

/** How long an answer of the kernel's neighbour table is used; reading it takes a fraction of a millisecond. */
export const NEIGHBOUR_FILE_AGE_MS = 1_000;

/** The shortest interval between runs of `arp -a`, which is a process to start … */
export const ARP_EVERY_MS = 10_000;

/** … and how long it may run: it may wait for name servers. */
export const ARP_TIMEOUT_MS = 2_000;

/** How long its answer is used: addresses go to other boards, but rarely. */
export const ARP_AGE_MS = 10 * 60_000;

/** The most bytes read of its output: 60 each, for some ten thousand neighbours. */
export const ARP_MOST_BYTES = 1024 * 1024;
