import { UserError } from '../errors.ts';

/** What the environment says, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly imagePath: string;
  readonly stopAfterRequest: boolean;
  readonly allowedHosts: readonly string[];
}

/** A variable has a value it can't have. */
export class UsageError extends UserError {}

/**
 * Reads HOST, PORT, IMAGE_PATH, STOP_AFTER_REQUEST and ALLOWED_HOSTS. An empty variable counts as unset.
 * @throws UsageError for a value out of its range.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): Settings {
  return {
    host: environment.HOST || '127.0.0.1',
    port: readPort(environment.PORT || '8080'),
    imagePath: environment.IMAGE_PATH || './',
    stopAfterRequest: readFlag('STOP_AFTER_REQUEST', environment.STOP_AFTER_REQUEST || 'false'),
    allowedHosts: (environment.ALLOWED_HOSTS ?? '').split(/[\s,]+/).filter((name) => name !== ''),
  };
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65535) return port;
  throw new UsageError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(value)}; 0 picks a free one`);
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
