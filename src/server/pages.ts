import type { IncomingMessage, ServerResponse } from 'node:http';
import { Hono } from 'hono';
import { PAGE_PROBE_AFTER_MS } from './limits.ts';

/** What a page knows of its request besides what Hono provides. */
export interface PageBindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** The application that pages are added to. */
export type PageApp = Hono<{ Bindings: PageBindings }>;

/** Answers a request. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Answers requests with the pages that `add` adds, and all others by `otherwise`. What a page throws is reported, and
 * answered with 500.
 */
export function servePages(
  add: ((app: PageApp) => void) | undefined,
  otherwise: Respond,
  report: (bug: unknown) => void,
): Respond {
  if (add === undefined) return otherwise;
  const app: PageApp = new Hono();
  const withoutPage = new WeakSet<IncomingMessage>();
  app.notFound(({ env }) => {
    withoutPage.add(env.incoming);
    return new Response(null, { status: 404 });
  });
  app.onError((error, context) => {
    report(error);
    return context.text('internal error: the log of the update server says more\n', 500);
  });
  add(app);
  return async (incoming, outgoing) => {
    const page = await app.fetch(pageRequest(incoming), { incoming, outgoing });
    if (withoutPage.has(incoming)) await otherwise(incoming, outgoing);
    else await write(page, outgoing);
  };
}

/**
 * A URL without the host: the guard has checked it, no page needs it, HTTP/1.0 may lack it, and URLs don't accept every
 * form of IPv6.
 */
function pageRequest({ method = 'GET', url = '/', rawHeaders }: IncomingMessage): Request {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return new Request(`http://localhost${url}`, { method, headers });
}

/** Writes a page with its length, or event by event if it is a stream. */
async function write(page: Response, outgoing: ServerResponse): Promise<void> {
  const headers = Object.fromEntries(page.headers);
  if (page.body === null) {
    outgoing.writeHead(page.status, headers).end();
  } else if (page.headers.get('content-type')?.startsWith('text/event-stream')) {
    outgoing.writeHead(page.status, headers).flushHeaders();
    await writeEvents(page.body, outgoing);
  } else {
    const bytes = Buffer.from(await page.arrayBuffer());
    outgoing.writeHead(page.status, { ...headers, 'content-length': bytes.length }).end(bytes);
  }
}

/**
 * Writes events until the page is closed. A client that closes its half has left, since no browser waits for more that
 * way; one that is gone without a word answers no probe.
 */
async function writeEvents(events: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = events.getReader();
  const { socket } = outgoing.req;
  const leave = () => outgoing.destroy();
  socket.setKeepAlive(true, PAGE_PROBE_AFTER_MS).once('end', leave);
  const closed = new Promise<void>((resolve) => outgoing.once('close', resolve));
  const left = closed.then(() => {
    socket.off('end', leave);
    return reader.cancel();
  });
  if (socket.readableEnded) leave();
  await Promise.all([passOn(reader, outgoing, closed), left]);
}

/** Writes each event once the previous one was taken. */
async function passOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  outgoing: ServerResponse,
  closed: Promise<void>,
): Promise<void> {
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (outgoing.write(next.value)) continue;
      await Promise.race([new Promise((resolve) => outgoing.once('drain', resolve)), closed]);
    }
    outgoing.end();
  } catch (error) {
    outgoing.destroy(); // a browser then asks again
    throw error;
  }
}
