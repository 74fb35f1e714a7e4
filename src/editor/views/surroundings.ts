import type { ImageChecks } from '../../checks/image-checks.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import type { Surroundings } from '../words/image-health.ts';
import type { Project } from '../workspace/project.ts';
import type { RequestLog } from './request-log.ts';

/** What images are judged by in this window, now. */
export function surroundingsOf({
  project,
  requests,
  checks,
  builds,
}: {
  readonly project: Project;
  readonly requests: RequestLog;
  readonly checks: ImageChecks;
  readonly builds: EarlierBuilds;
}): Surroundings {
  const sending = requests.sending.map((transfer) => transfer.resolution?.found?.id);
  return {
    snapshot: project.snapshot,
    boards: project.boards,
    checks,
    sending: new Set(sending.filter((id) => id !== undefined)),
    published: (image) => builds.published(image),
  };
}
