import type { Server } from 'node:http';
import { systemErrorCode, UserError } from '../../errors.ts';
import type { Told } from '../../words.ts';
import { INHERITED_BACKLOG } from '../limits.ts';

/** Where to listen: on a name or address and a port (0 for any free one), or on a socket that already listens. */
export type ListenOptions =
  | { readonly host: string; readonly port: number }
  /** A descriptor that was handed to this process, whose other holder accepts on the socket after us. */
  | { readonly descriptor: number };

/**
 * Makes `server` listen.
 * @throws UserError with the remedy, for the ways in which that fails in practice.
 */
export async function listen(server: Server, options: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error) => {
      server.off('listening', onListening);
      reject(listenError(error, options));
    };
    const onListening = () => {
      server.off('error', onError);
      resolve();
    };
    server.once('error', onError).once('listening', onListening);
    // beside a descriptor, Node reads no `backlog`
    if ('descriptor' in options) server.listen({ fd: options.descriptor }, INHERITED_BACKLOG);
    else server.listen({ host: options.host, port: options.port, exclusive: true });
  });
  if (server.address() !== null) return;
  // Node knows no address of a UNIX socket that it did not bind, and its clients have none.
  server.close();
  throw new UserError(
    'the socket handed over is a UNIX socket, whose clients have no address; hand over one of a port',
  );
}

/** A bind(2) or getaddrinfo(3) error that has a known remedy. */
export class ListenError extends UserError {
  /** The system's name for it, such as `EADDRINUSE`. */
  readonly code: string;

  constructor(code: string, message: string | Told) {
    super(message);
    this.code = code;
  }
}

function listenError(error: Error, options: ListenOptions): Error {
  const code = systemErrorCode(error);
  if ('descriptor' in options) {
    if (code === undefined) return error;
    return new ListenError(code, `descriptor ${options.descriptor} is not a stream socket to listen on (${code})`);
  }
  const { host, port } = options;
  switch (code) {
    case 'EADDRINUSE':
      return new ListenError(code, (words) =>
        words.t('port {0} of {1} is in use; stop what listens there or set another port', port, host),
      );
    case 'EACCES':
      return new ListenError(code, (words) =>
        words.t('port {0} may not be opened by this user; ports from 1024 on may', port),
      );
    case 'EADDRNOTAVAIL':
      return new ListenError(code, (words) =>
        words.t('{0} is not an address of this machine; 0.0.0.0 stands for all it has', host),
      );
    case 'EINVAL':
    case 'EAFNOSUPPORT':
      return new ListenError(code, (words) => words.t('{0} cannot be listened on ({1})', host, code));
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return new ListenError(code, (words) =>
        words.t(
          '{0} cannot be resolved to an address; give a name or an address alone, without a port or http://',
          host,
        ),
      );
    default:
      return error;
  }
}
