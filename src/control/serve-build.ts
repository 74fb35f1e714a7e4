import type { KeptBuilds } from '../builds/kept-builds.ts';
import type { Acts } from './acts.ts';

/** Who serves which of the builds that are kept. */
export interface ServeBuildParts {
  readonly acts: Acts;
  readonly builds: KeptBuilds;
  readonly by: string;
  readonly why?: string | undefined;
}

/**
 * Serves a kept build of an image (`<box>/<image>`) in place of the newest, or the newest again without a `build`, and
 * records that. @throws UserError where the build is not kept, system errors
 */
export async function serveBuild(
  image: string,
  build: string | undefined,
  { acts, builds, by, why }: ServeBuildParts,
): Promise<void> {
  if (build === undefined) await builds.serveNewest(image);
  else {
    const act = { by, atMs: Date.now(), ...(why === undefined ? {} : { why }) };
    await builds.serveAgain({ imageId: image, buildId: build }, act);
  }
  acts.servesBuild(image, build, why);
}
