import { UserError } from '../errors.ts';

/** Aborts at the first SIGINT or SIGTERM, with `message` as what a person is told. A second one ends the process. */
export function stopSignal(message: string): AbortController {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => abort.abort(new UserError(message)));
  }
  return abort;
}
