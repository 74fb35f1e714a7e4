import type { Release } from './readiness.ts';

/** A part of a release. */
export interface Part {
  /** What `--only` calls it. */
  readonly name: string;
  /** Makes its files in the folder `out`. */
  make(release: Release, out: string): void | Promise<void>;
}
