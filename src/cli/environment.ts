import { homedir } from 'node:os';
import path from 'node:path';
import type { RollOutPlan, Stage } from '../boards/roll-out.ts';
import { readStages } from '../boards/stages.ts';
import type { KeepBounds } from '../builds/pruning.ts';
import { UserError } from '../errors.ts';
import { Credentials } from '../server/admission/credentials.ts';
import { readHostName } from '../server/admission/host-names.ts';
import { Networks } from '../server/admission/networks.ts';
import { SLOWEST_RATE } from '../server/limits.ts';
import { controlPath } from './control-path.ts';
import { LOG_FORMATS, type LogFormatName, usualLogFormat } from './log-formats.ts';
import type { TlsFiles } from './secrets.ts';

const CHECKS_FILE = 'checks.json';
const INSIDE_FOLDER = 'inside';
/** Some images of a few gigabytes, most of which is empty. */
const INSIDE_CACHE_SIZE = '4G';
const BUILDS_FOLDER = 'builds';
/** Some builds of a few images. */
const KEEP_SIZE = '5G';

const UNIT_MS = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3 } as const;

/** Powers of 1000, as line rates and disks are given. */
const UNITS = { '': 1, k: 1e3, M: 1e6, G: 1e9 } as const;

/** The settings that the environment gives, checked. */
export interface CommandSettings {
  readonly host: string;
  readonly port: number;
  readonly imagePath: string;
  /** Whether folders in the image folder that are links out of it are followed. */
  readonly followLinks: boolean;
  readonly stopAfterRequest: boolean;
  readonly allowedHosts: readonly string[];
  /** Whether images are served that mkbox did not make. */
  readonly allowForeign: boolean;
  /** The file that keeps what is known of images from one start to the next; none: nothing is kept. */
  readonly checksPath: string | undefined;
  /** Where decompressed images are kept to be looked into, and how many bytes of them; none: nothing is kept. */
  readonly insideCache: { readonly folder: string; readonly mostBytes: number } | undefined;
  /** The file that keeps what is known of boards; none: nothing is kept. */
  readonly statePath: string | undefined;
  /** Where builds are kept, and how many; without bounds, none is kept, and none removed. None: there is no place for them. */
  readonly keep: { readonly folder: string; readonly bounds: KeepBounds | undefined } | undefined;
  /** Proxies whose word on a client's address is believed. */
  readonly trustedProxies: Networks;
  /** Bytes per second of all archives together; none: as fast as it goes. */
  readonly rateLimit: number | undefined;
  /** Archives sent at a time; none: all that are asked for. */
  readonly maxTransfers: number | undefined;
  /** In what stages new builds go out; to all boards at once without it. */
  readonly rollOut: RollOutPlan | undefined;
  /** Whether a board that flashes the same build again and again gets that no more. */
  readonly stopLoops: boolean;
  /** Who may see the status page and the metrics, besides this machine. */
  readonly statusAllow: Networks;
  /** Networks whose clients may ask; everyone's without it. */
  readonly allow: Networks | undefined;
  /** Who may ask: one user, or those in a file. */
  readonly auth: AuthSource | undefined;
  /** What HTTPS is spoken with. */
  readonly tlsFiles: TlsFiles | undefined;
  readonly logFormat: LogFormatName;
  /** Where the server is controlled; nowhere without it. */
  readonly controlPath: string | undefined;
}

export type AuthSource =
  | { readonly kind: 'user'; readonly credentials: Credentials }
  | { readonly kind: 'file'; readonly path: string };

/** A variable has a value it can't have. */
export class UsageError extends UserError {}

/**
 * Reads HOST, PORT, IMAGE_PATH, FOLLOW_LINKS, STOP_AFTER_REQUEST, ALLOWED_HOSTS, ALLOW_FOREIGN, CHECKS_PATH, STATE_PATH,
 * KEEP_BUILDS, KEEP_PATH, KEEP_SIZE, ROLLOUT, ROLLOUT_WAIT, STOP_LOOPS, INSIDE_CACHE, TRUSTED_PROXIES, STATUS_ALLOW, ALLOW,
 * AUTH, TLS_CERT, TLS_KEY, LOG_FORMAT, CONTROL_PATH, RATE_LIMIT and MAX_TRANSFERS. An empty variable counts as unset.
 * @throws UsageError for a value out of its range.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): CommandSettings {
  return {
    host: environment.HOST || '127.0.0.1',
    port: readPort(environment.PORT || '8080'),
    imagePath: environment.IMAGE_PATH || './',
    followLinks: readFlag('FOLLOW_LINKS', environment.FOLLOW_LINKS || 'false'),
    stopAfterRequest: readFlag('STOP_AFTER_REQUEST', environment.STOP_AFTER_REQUEST || 'false'),
    allowedHosts: readHosts(environment.ALLOWED_HOSTS),
    allowForeign: readFlag('ALLOW_FOREIGN', environment.ALLOW_FOREIGN || 'false'),
    checksPath: checksPath(environment),
    insideCache: readInsideCache(environment),
    statePath: environment.STATE_PATH || undefined,
    keep: readKeep(environment),
    rollOut: readRollOut(environment),
    stopLoops: readFlag('STOP_LOOPS', environment.STOP_LOOPS || 'true'),
    trustedProxies: readNetworks('TRUSTED_PROXIES', environment.TRUSTED_PROXIES),
    statusAllow: readNetworks('STATUS_ALLOW', environment.STATUS_ALLOW),
    allow: readAllow(environment.ALLOW),
    auth: readAuth(environment.AUTH),
    tlsFiles: readTlsFiles(environment),
    logFormat: readLogFormat(environment.LOG_FORMAT || usualLogFormat(environment)),
    controlPath: controlPath(environment),
    rateLimit: readRate(environment.RATE_LIMIT || '0'),
    maxTransfers: readCount('MAX_TRANSFERS', environment.MAX_TRANSFERS, NO_LIMIT) || undefined,
  };
}

function checksPath(environment: NodeJS.ProcessEnv): string | undefined {
  const given = environment.CHECKS_PATH || defaultChecksPath(environment);
  return given === 'none' ? undefined : given;
}

/** Where programs keep what they can find out again: systemd.exec(5), CacheDirectory=; XDG base directories, version 0.8. */
function defaultChecksPath({ CACHE_DIRECTORY, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  const [ours] = (CACHE_DIRECTORY || '').split(':');
  if (ours) return path.join(ours, CHECKS_FILE);
  const caches = XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : path.join(homedir(), '.cache');
  return path.join(caches, 'mkbox', CHECKS_FILE);
}

/** It lies beside the file that keeps what is known of images; where nothing is kept of that, only who wants it has it. */
function readInsideCache(environment: NodeJS.ProcessEnv): CommandSettings['insideCache'] {
  const size = environment.INSIDE_CACHE || (environment.CHECKS_PATH === 'none' ? 'none' : INSIDE_CACHE_SIZE);
  if (size === 'none') return undefined;
  const mostBytes = bytesIn(size);
  if (!(mostBytes > 0)) {
    throw new UsageError(`INSIDE_CACHE must be a size, such as 500M or 4G, or none, not ${JSON.stringify(size)}`);
  }
  const beside = checksPath(environment) ?? defaultChecksPath(environment);
  return { folder: path.join(path.dirname(beside), INSIDE_FOLDER), mostBytes };
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65535) return port;
  throw new UsageError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(value)}; 0 picks a free one`);
}

/** Bytes, in powers of 1000 where a letter says so; not a number where it is none. */
function bytesIn(value: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,9})?)([kMG]?)$/.exec(value) ?? [];
  return digits === '' ? Number.NaN : Math.round(Number(digits) * UNITS[unit as keyof typeof UNITS]);
}

/** Bytes per second. */
function readRate(value: string): number | undefined {
  const rate = bytesIn(value);
  if (rate === 0) return undefined;
  if (rate >= SLOWEST_RATE) return rate;
  const text = `RATE_LIMIT must be bytes per second, ${SLOWEST_RATE} or more, such as 500k, 12.5M or 1G`;
  throw new UsageError(`${text}, not ${JSON.stringify(value)}; 0 sets no limit`);
}

/** What 0 means where it sets no limit. */
const NO_LIMIT = '0 sets no limit';

function readCount(name: string, value: string | undefined, zero: string): number | undefined {
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new UsageError(`${name} must be a whole number, not ${JSON.stringify(value)}; ${zero}`);
}

/** Builds are kept beside what is known of boards: both are lost for good. */
function readKeep({ KEEP_BUILDS, KEEP_PATH, KEEP_SIZE: size, STATE_PATH }: NodeJS.ProcessEnv): CommandSettings['keep'] {
  const builds = readCount('KEEP_BUILDS', KEEP_BUILDS, '0 keeps none');
  const bytes = bytesIn(size || KEEP_SIZE);
  if (!(bytes > 0)) throw new UsageError(`KEEP_SIZE must be a size, such as 500M or 20G, not ${JSON.stringify(size)}`);
  const folder = KEEP_PATH || (STATE_PATH && path.join(path.dirname(STATE_PATH), BUILDS_FOLDER));
  if (folder) return { folder, bounds: builds === undefined ? undefined : { builds, bytes } };
  if (!builds) return undefined;
  throw new UsageError(
    'KEEP_BUILDS needs KEEP_PATH, a folder for the builds, or STATE_PATH, beside which they are kept',
  );
}

function readList(value = ''): string[] {
  return value.split(/[\s,]+/).filter((entry) => entry !== '');
}

function readHosts(value: string | undefined): readonly string[] {
  try {
    return readList(value).map(readHostName);
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`ALLOWED_HOSTS: ${error.message}`) : error;
  }
}

function readNetworks(name: string, value: string | undefined): Networks {
  try {
    return new Networks(readList(value));
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`${name}: ${error.message}`) : error;
  }
}

/** A list of nothing but commas is a mistake, and would allow everyone or no one. */
function readAllow(value: string | undefined): Networks | undefined {
  if (!value) return undefined;
  if (readList(value).length === 0) throw new UsageError('ALLOW names nobody; unset it to let in everyone');
  return readNetworks('ALLOW', value);
}

/** A user's name and a password have a colon between them, and a file's path has none. */
function readAuth(value: string | undefined): AuthSource | undefined {
  if (!value) return undefined;
  if (!value.includes(':')) return { kind: 'file', path: value };
  try {
    return { kind: 'user', credentials: new Credentials([value]) };
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`AUTH: ${error.message}`) : error;
  }
}

function readTlsFiles({ TLS_CERT, TLS_KEY }: NodeJS.ProcessEnv): TlsFiles | undefined {
  if (TLS_CERT && TLS_KEY) return { certPath: TLS_CERT, keyPath: TLS_KEY };
  if (TLS_CERT) throw new UsageError("TLS_CERT needs TLS_KEY, the file of the certificate's private key");
  if (TLS_KEY) throw new UsageError('TLS_KEY needs TLS_CERT, the file of the certificate');
  return undefined;
}

function readLogFormat(value: string): LogFormatName {
  if (Object.hasOwn(LOG_FORMATS, value)) return value as LogFormatName;
  throw new UsageError(`LOG_FORMAT must be text, json or journald, not ${JSON.stringify(value)}`);
}

/** `1,10%,all`: so many boards, a share of them, all; a list that does not end with all is given it. */
function readRollOut({ ROLLOUT, ROLLOUT_WAIT }: NodeJS.ProcessEnv): RollOutPlan | undefined {
  if (!ROLLOUT) {
    if (ROLLOUT_WAIT) throw new UsageError('ROLLOUT_WAIT needs ROLLOUT, the stages of a roll-out');
    return undefined;
  }
  const stages = readRollOutStages(ROLLOUT);
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(ROLLOUT_WAIT || '') ?? [];
  if (!ROLLOUT_WAIT) return { stages };
  if (unit === undefined) {
    throw new UsageError(`ROLLOUT_WAIT must be a time, such as 30m or 2h, not ${JSON.stringify(ROLLOUT_WAIT)}`);
  }
  return { stages, waitMs: Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS] };
}

function readRollOutStages(value: string): readonly Stage[] {
  try {
    return readStages(readList(value));
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`ROLLOUT: ${error.message}`) : error;
  }
}

function readFlag(name: string, value: string): boolean {
  switch (value.toLowerCase()) {
    case 'true':
    case '1':
    case 'yes':
      return true;
    case 'false':
    case '0':
    case 'no':
      return false;
    default:
      throw new UsageError(`${name} must be true or false, not ${JSON.stringify(value)}`);
  }
}
