import type { Server } from 'node:http';
import { systemErrorCode, UserError } from '../errors.ts';

/**
 * Binds `server` to a name or address and a port.
 * @throws UserError with the remedy, for the ways in which that fails at people's machines.
 */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      server.off('listening', onListening);
      reject(explain(error, host, port));
    };
    const onListening = () => {
      server.off('error', onError);
      resolve();
    };
    server.once('error', onError).once('listening', onListening);
    server.listen({ host, port, exclusive: true });
  });
}

/** A bind(2) or getaddrinfo(3) error that has a known remedy. */
export class ListenError extends UserError {
  /** The system's name for it, such as `EADDRINUSE`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function explain(error: Error, host: string, port: number): Error {
  const code = systemErrorCode(error);
  switch (code) {
    case 'EADDRINUSE':
      return new ListenError(code, `port ${port} of ${host} is in use; stop what listens there or set another port`);
    case 'EACCES':
      return new ListenError(code, `port ${port} may not be opened by this user; ports from 1024 on may`);
    case 'EADDRNOTAVAIL':
      return new ListenError(code, `${host} is not an address of this machine; 0.0.0.0 stands for all it has`);
    case 'EINVAL':
    case 'EAFNOSUPPORT':
      return new ListenError(code, `${host} can not be listened on (${code})`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return new ListenError(code, `${host} can not be resolved to an address`);
    default:
      return error;
  }
}
