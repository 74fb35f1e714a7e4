import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';

/** What pages are added to. */
export type PageApp = Hono<{ Bindings: HttpBindings }>;

/** Answers a request, in time. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Answers requests with the pages that `add` adds; those for which there is none by `otherwise`. What a page throws is
 * reported, and answered with 500.
 */
export function servePages(
  add: ((app: PageApp) => void) | undefined,
  otherwise: Respond,
  report: (bug: unknown) => void,
): Respond {
  if (add === undefined) return otherwise;
  const app: PageApp = new Hono();
  app.notFound(async ({ env }) => {
    await otherwise(env.incoming, env.outgoing as ServerResponse);
    return RESPONSE_ALREADY_SENT;
  });
  app.onError((error, context) => {
    report(error);
    return context.text('internal error: the log of the update server says more\n', 500);
  });
  add(app);
  return getRequestListener((request, http) => app.fetch(request, http as HttpBindings), {
    overrideGlobalObjects: false,
    hostname: 'localhost', // HTTP/1.0 needs to name none
  });
}
