import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Hono } from 'hono';
import { jsonAnswer } from './answer.ts';
import { askedByParts, withoutAbsent } from './asked.ts';
import { type Decider, type Decision, refuse } from './decide.ts';
import { type Identity, isLoopback } from './identity.ts';
import type { Conditions } from './range.ts';
import type { Transfer } from './transfer.ts';

/** What a route answers through: it begins the transfer, has it decided, and sends what was decided. */
export type Answerer = (
  http: HttpBindings,
  decide: (transfer: Transfer) => Decision | Promise<Decision>,
) => Promise<void>;

/** Adds the endpoints of boards: from paths to decisions. Paths are decoded once, and only ever looked up. */
export function addRoutes(
  app: Hono<{ Bindings: HttpBindings }>,
  decider: Decider,
  identity: Identity | undefined,
  answer: Answerer,
): void {
  for (const path of ['/list', '/list/', '/list/:search{.+}'] as const) {
    app.get(path, async (context) => {
      await answer(context.env, (transfer) => {
        const search = searchOf(transfer.target);
        transfer.asked = search === '' ? { kind: 'list' } : { kind: 'list', search };
        return decider.list(search);
      });
      return RESPONSE_ALREADY_SENT;
    });
  }

  app.get('/update', async (context) => {
    const { incoming } = context.env;
    await answer(context.env, (transfer) => {
      const [, query = ''] = transfer.target.split(/\?(.*)/s);
      return decider.update(transfer, askedByParts(query), conditionsOf(incoming));
    });
    return RESPONSE_ALREADY_SENT;
  });

  for (const path of ['/update/:box/:image', '/update/:box/:image/', '/update/:box/:image/:buildId'] as const) {
    app.get(path, async (context) => {
      const { box, image, buildId } = context.req.param() as { box: string; image: string; buildId?: string };
      const asked = withoutAbsent({ kind: 'update', box, image, buildId });
      const conditions = conditionsOf(context.env.incoming);
      await answer(context.env, (transfer) => decider.update(transfer, asked, conditions));
      return RESPONSE_ALREADY_SENT;
    });
  }

  app.get('/identity', async (context) => {
    await answer(context.env, (transfer) => {
      if (identity === undefined || !isLoopback(transfer.client)) return refuse({ kind: 'path' });
      transfer.asked = { kind: 'identity' };
      return { answer: jsonAnswer(identity), result: 'identity' };
    });
    return RESPONSE_ALREADY_SENT;
  });

  app.notFound(async (context) => {
    await answer(context.env, () => refuse({ kind: 'path' }));
    return RESPONSE_ALREADY_SENT;
  });
}

/** The glob behind `/list/`: a question mark in it is one of the glob's, and begins no query. */
function searchOf(target: string): string {
  return target.startsWith('/list/') ? decodeURIComponent(target.slice('/list/'.length)) : '';
}

/** RFC 9110, section 14.2: Range means nothing but in a GET. */
function conditionsOf({ headers, method }: IncomingMessage): Conditions {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const range = method === 'GET' ? headers.range : undefined;
  const ifRange = headers['if-range'];
  return { range, ifMatch, ifNoneMatch, ifRange: typeof ifRange === 'string' ? ifRange : undefined };
}
