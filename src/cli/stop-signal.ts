import { UserError } from '../errors.ts';

/** What people and service managers end a program by. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Aborts at the first SIGINT or SIGTERM, with `message` as what a person is told. A second one of either ends the process. */
export function stopSignal(message: string): AbortController {
  const abort = new AbortController();
  const stop = () => {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
    abort.abort(new UserError(message));
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  return abort;
}
