import { homedir } from 'node:os';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { Networks } from '../server/networks.ts';

const CHECKS_FILE = 'checks.json';

/** What the environment says, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly imagePath: string;
  readonly stopAfterRequest: boolean;
  readonly allowedHosts: readonly string[];
  /** The file that keeps what is known of images from one start to the next; none: nothing is kept. */
  readonly checksPath: string | undefined;
  /** The file that keeps what is known of boards; none: nothing is kept. */
  readonly statePath: string | undefined;
  /** Proxies whose word on a client's address is believed. */
  readonly trustedProxies: Networks;
  /** Who may see the status page and the metrics, besides this machine. */
  readonly statusAllow: Networks;
}

/** A variable has a value it can't have. */
export class UsageError extends UserError {}

/**
 * Reads HOST, PORT, IMAGE_PATH, STOP_AFTER_REQUEST, ALLOWED_HOSTS, CHECKS_PATH, STATE_PATH, TRUSTED_PROXIES and STATUS_ALLOW. An empty variable counts as unset.
 * @throws UsageError for a value out of its range.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): Settings {
  return {
    host: environment.HOST || '127.0.0.1',
    port: readPort(environment.PORT || '8080'),
    imagePath: environment.IMAGE_PATH || './',
    stopAfterRequest: readFlag('STOP_AFTER_REQUEST', environment.STOP_AFTER_REQUEST || 'false'),
    allowedHosts: readList(environment.ALLOWED_HOSTS),
    checksPath: checksPath(environment),
    statePath: environment.STATE_PATH || undefined,
    trustedProxies: readNetworks('TRUSTED_PROXIES', environment.TRUSTED_PROXIES),
    statusAllow: readNetworks('STATUS_ALLOW', environment.STATUS_ALLOW),
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

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65535) return port;
  throw new UsageError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(value)}; 0 picks a free one`);
}

function readList(value = ''): string[] {
  return value.split(/[\s,]+/).filter((entry) => entry !== '');
}

function readNetworks(name: string, value: string | undefined): Networks {
  try {
    return new Networks(readList(value));
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`${name}: ${error.message}`) : error;
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
