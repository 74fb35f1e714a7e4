import * as v from 'valibot';
import type { CatalogImage } from '../images/catalog.ts';
import type { Asked } from '../server/decision/asked.ts';
import type { Refusal } from '../server/refusal.ts';
import type { Fault } from '../server/sending/fault.ts';
import type { TransferResult, TransferState } from '../server/transfer.ts';
import type { Told } from '../words.ts';
import type { Reflashing } from './board.ts';
import { bounded } from './board-record.ts';
import { breakReason, reflashing, time, valid } from './kept-board.ts';
import { count, maybeText, refusal, text, tried } from './kept-refusal.ts';
import type { LoggedRequest } from './logged-request.ts';
import { entriesOf, membersOf, type StateFormat } from './state-file.ts';

/** A request, and what it showed about its board. */
export interface KeptRequest {
  readonly request: LoggedRequest;
  /** Its board flashes itself at every boot. */
  readonly reflash?: Reflashing;
}

/** The version of the file's format. */
const FORMAT = 1;

/** Written at a time, between which other work goes on. */
const REQUESTS_PER_WRITE = 50;

const EVERY_RESULT: Readonly<Record<TransferResult, true>> = {
  image: true,
  part: true,
  'up to date': true,
  held: true,
  'loop stopped': true,
  'build missing': true,
  'not its turn': true,
  'not modified': true,
  head: true,
  list: true,
  identity: true,
};

type EndState = Exclude<TransferState, { kind: 'running' }>;

/** What is always known of a request. */
type Plain =
  | 'id'
  | 'client'
  | 'method'
  | 'target'
  | 'startedAtMs'
  | 'durationMs'
  | 'asked'
  | 'status'
  | 'totalBytes'
  | 'sentBytes';

/** A request as the file has it. */
interface Entry extends Pick<LoggedRequest, Plain> {
  readonly tried?: readonly string[];
  readonly found?: Pick<CatalogImage, 'id' | 'image'>;
  readonly servedBuildId?: string;
  readonly objection?: Refusal;
  readonly state: EndState;
  readonly isTrial?: true;
  readonly completesUpdate?: true;
  readonly fault?: Fault;
  readonly reflash?: Reflashing;
}

const state = v.variant('kind', [
  v.object({ kind: v.literal('finished'), result: v.picklist(Object.keys(EVERY_RESULT) as TransferResult[]) }),
  v.object({ kind: v.literal('broken'), reason: breakReason, code: maybeText }),
  v.object({ kind: v.literal('refused'), refusal }),
]) satisfies v.GenericSchema<EndState>;

const asked = v.object({
  kind: v.picklist(['update', 'list', 'identity', 'other']),
  box: maybeText,
  image: maybeText,
  board: maybeText,
  branch: maybeText,
  version: maybeText,
  buildId: maybeText,
  search: maybeText,
}) satisfies v.GenericSchema<Asked>;

const percent = v.pipe(count, v.maxValue(100));

const fault = v.variant('kind', [
  v.object({ kind: v.picklist(['cut', 'stall']), percent }),
  v.object({ kind: v.literal('slow'), bytesPerSecond: count }),
  v.object({ kind: v.picklist(['byte', 'checksum']) }),
  v.object({ kind: v.literal('late'), seconds: count }),
  v.object({ kind: v.literal('status'), status: v.picklist([404, 503]) }),
]) satisfies v.GenericSchema<Fault>;

const isTrue = v.exactOptional(v.literal(true));

const entry = v.object({
  id: count,
  client: text,
  method: text,
  target: text,
  startedAtMs: time,
  durationMs: time,
  asked,
  tried: v.exactOptional(tried),
  found: v.exactOptional(v.object({ id: text, image: text })),
  servedBuildId: maybeText,
  objection: v.exactOptional(refusal),
  status: v.pipe(count, v.maxValue(599)),
  totalBytes: count,
  sentBytes: count,
  state,
  isTrial: isTrue,
  completesUpdate: isTrue,
  fault: v.exactOptional(fault),
  reflash: v.exactOptional(reflashing),
}) satisfies v.GenericSchema<Entry>;

const requestsIn: Told = (words) => words.t('requests');

/** The file that stores requests, newest first. */
export const REQUESTS_FORMAT: StateFormat<readonly KeptRequest[]> = {
  what: requestsIn,
  nothing: [],
  parse(text) {
    const found = membersOf(text, [FORMAT]);
    if ('damage' in found) return { state: [], damage: found.damage };
    const { valid: state, damage } = entriesOf(found.members.requests, keptRequest, requestsIn);
    return damage === undefined ? { state } : { state, damage };
  },
  *textOf(requests) {
    yield `{"format":${FORMAT},"requests":[`;
    for (let at = 0; at < requests.length; at += REQUESTS_PER_WRITE) {
      const lines = requests.slice(at, at + REQUESTS_PER_WRITE).map((kept) => JSON.stringify(entryOf(kept)));
      yield `${at === 0 ? '' : ','}\n${lines.join(',\n')}`;
    }
    yield '\n]}\n';
  },
};

/** A request as it would be if the process ended now: one that is being answered is cut off by that. */
function entryOf({ request, reflash }: KeptRequest): Entry {
  const { id, client, method, target, startedAtMs, asked, resolution, servedBuildId, objection, fault } = request;
  const { status, totalBytes, sentBytes } = request;
  return bounded<Entry>({
    id,
    client,
    method,
    target,
    startedAtMs,
    durationMs: Math.round(request.durationMs),
    asked,
    ...(resolution && { tried: resolution.tried }),
    ...(resolution?.found && { found: { id: resolution.found.id, image: resolution.found.image } }),
    ...(servedBuildId !== undefined && { servedBuildId }),
    ...(objection && { objection }),
    status,
    totalBytes,
    sentBytes,
    state: request.state.kind === 'running' ? { kind: 'broken', reason: 'stopped' } : request.state,
    ...(request.isTrial && { isTrial: true }),
    ...(request.completesUpdate && { completesUpdate: true }),
    ...(fault && { fault }),
    ...(reflash && { reflash }),
  });
}

function keptRequest(value: unknown): KeptRequest | undefined {
  const kept = valid(entry, value);
  if (kept === undefined) return undefined;
  const { tried, found, reflash, isTrial = false, completesUpdate = false, ...rest } = kept;
  const resolution = tried && { tried, ...(found && { found }) };
  const { servedBuildId, objection, fault } = rest;
  const request: LoggedRequest = {
    ...rest,
    servedBuildId,
    objection,
    fault,
    resolution,
    isTrial,
    completesUpdate,
    stalledMs: undefined,
  };
  return { request, ...(reflash && { reflash }) };
}
