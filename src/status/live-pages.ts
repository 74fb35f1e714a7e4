import { PAGE_SILENCE_MS, SEND_TIMEOUT_MS } from '../server/limits.ts';

/** How often open pages are updated, if something changed. */
const FRAME_MS = 500;

/** How long a browser that lost the server waits before it asks again. */
const RECONNECT_MS = 1_000;

/** A comment, which browsers ignore. */
const SIGN_OF_LIFE = new TextEncoder().encode(':\n\n');

/** A page that is open in a browser. */
interface LivePage {
  /** Present while it has read everything it was given. */
  waiting: PromiseWithResolvers<Uint8Array> | undefined;
  /** What it was given last, and when it had read everything before that. */
  frame: Uint8Array | undefined;
  askedAt: number;
  readonly drop: () => void;
}

/**
 * Pages that are open in browsers. They are rendered once for all of them. A page that has not read its last update
 * gets no other; when it reads again, it gets the present state. One that reads nothing for a minute is dropped. One
 * that has nothing to read gets a comment now and then.
 */
export class LivePages {
  readonly #render: () => Promise<string>;
  readonly #silenceMs: number;
  readonly #pages = new Set<LivePage>();
  #timer: NodeJS.Timeout | undefined;
  #text: string | undefined;
  #frame: Uint8Array | undefined;

  /** `render`: what all of them show, as things stand, in HTML. `silenceMs`: the longest time without a word to a page. */
  constructor(render: () => Promise<string>, silenceMs: number = PAGE_SILENCE_MS) {
    this.#render = render;
    this.#silenceMs = silenceMs;
  }

  /** The number of open pages. */
  get count(): number {
    return this.#pages.size;
  }

  /** Opens one: its events, as HTML's server-sent events. `drop` closes the connection of one that reads nothing. */
  open(drop: () => void): ReadableStream<Uint8Array> {
    const page: LivePage = { waiting: undefined, frame: undefined, askedAt: performance.now(), drop };
    this.#pages.add(page);
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          page.askedAt = performance.now();
          page.waiting = Promise.withResolvers();
          this.#timer ??= setTimeout(() => void this.#bringUpToDate(), 0);
          controller.enqueue(await page.waiting.promise);
        },
        cancel: () => void this.#pages.delete(page),
      },
      { highWaterMark: 0 },
    );
  }

  async #bringUpToDate(): Promise<void> {
    try {
      if ([...this.#pages].some(({ waiting }) => waiting !== undefined)) this.#take(await this.#render());
      for (const page of this.#pages) this.#give(page);
    } catch (error) {
      for (const page of this.#pages) fail(page, error);
      this.#pages.clear();
    }
    if (this.#pages.size === 0) {
      this.#text = undefined;
      this.#frame = undefined;
    }
    this.#timer = this.#pages.size > 0 ? setTimeout(() => void this.#bringUpToDate(), FRAME_MS) : undefined;
  }

  #take(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#frame = eventOf(text);
  }

  #give(page: LivePage): void {
    const { waiting, frame, askedAt } = page;
    const sinceMs = performance.now() - askedAt;
    if (waiting === undefined) {
      if (sinceMs > SEND_TIMEOUT_MS) page.drop();
    } else if (this.#frame !== undefined && frame !== this.#frame) {
      page.frame = this.#frame;
      page.waiting = undefined;
      waiting.resolve(this.#frame);
    } else if (sinceMs > this.#silenceMs) {
      page.waiting = undefined;
      waiting.resolve(SIGN_OF_LIFE);
    }
  }
}

/** Ends a page: by its stream, or at once where that has more to be read. */
function fail({ waiting, drop }: LivePage, error: unknown): void {
  if (waiting === undefined) drop();
  else waiting.reject(error);
}

function eventOf(text: string): Uint8Array {
  const data = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return new TextEncoder().encode(`event: page\n${data.join('')}retry: ${RECONNECT_MS}\n\n`);
}
