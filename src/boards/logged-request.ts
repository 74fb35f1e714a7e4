import type { CatalogImage } from '../images/catalog.ts';
import type { Transfer } from '../server/transfer.ts';

/** A request as it is listed: one that is being answered now, or what was kept of an earlier one. */
export type LoggedRequest = Omit<Transfer, 'headers' | 'resolution' | 'isRepeat' | 'waitedMs' | 'answeringMs'> & {
  /** The image that it found, if any: as it was then. */
  readonly resolution:
    | { readonly tried: readonly string[]; readonly found?: Pick<CatalogImage, 'id' | 'image'> }
    | undefined;
};

/** Tells a request from all others of a workspace. */
export function requestKey({ startedAtMs, id, client }: LoggedRequest): string {
  return `${startedAtMs}/${id}/${client}`;
}
