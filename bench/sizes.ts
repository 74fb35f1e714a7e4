/** How much each measurement does. */
export interface Sizes {
  /** Bytes of the image whose transfer is timed. */
  readonly bigImageBytes: number;
  /** Rounds of the throughput measurement with one client, and with eight. */
  readonly soloRounds: number;
  readonly crowdRounds: number;
  readonly firstBytes: number;
  readonly answerRounds: number;
  readonly answerSeconds: number;
  readonly boxes: number;
  readonly imagesPerBox: number;
  readonly lists: number;
  /** Downloads of a small image, and after how many of them memory is first looked at. */
  readonly downloads: number;
  readonly downloadsBefore: number;
  readonly smallImageBytes: number;
  readonly stalledClients: number;
  readonly stalledImageBytes: number;
}

/** The sizes that the targets are given for. */
export const FULL: Sizes = {
  bigImageBytes: 500_000_000,
  soloRounds: 21,
  crowdRounds: 9,
  firstBytes: 60,
  answerRounds: 11,
  answerSeconds: 1,
  boxes: 100,
  imagesPerBox: 100,
  lists: 50,
  downloads: 3_000,
  downloadsBefore: 1_000,
  smallImageBytes: 5_000_000,
  stalledClients: 50,
  stalledImageBytes: 1_000_000_000,
};

/** A try of a few seconds: the figures are rough, and those of the big image flatter whoever starts faster. */
export const QUICK: Sizes = {
  ...FULL,
  bigImageBytes: 100_000_000,
  soloRounds: 5,
  crowdRounds: 3,
  firstBytes: 20,
  answerRounds: 3,
  boxes: 20,
  lists: 20,
  downloads: 400,
  downloadsBefore: 200,
  stalledClients: 20,
  stalledImageBytes: 100_000_000,
};
