import { shortBuildId } from '../images/build-id.ts';

/** That an earlier build is served, in a line of English. */
export function servedAgainText(buildId: string, imageId: string): string {
  return `boards get build ${shortBuildId(buildId)} of ${imageId} until the newest is served again`;
}
