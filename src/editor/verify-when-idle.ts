import * as vscode from 'vscode';
import { IdleChecks } from '../checks/idle-checks.ts';
import type { ImageChecks } from '../checks/image-checks.ts';
import type { LateBuilds } from './build/late-builds.ts';
import { Owner } from './dispose.ts';
import type { RequestLog } from './views/request-log.ts';
import { examinedEvent } from './workspace/examined-event.ts';
import type { Project } from './workspace/project.ts';
import type { Settings } from './workspace/settings.ts';

/** What verifying in the background depends on. */
export interface VerifyWhenIdleParts {
  readonly project: Project;
  readonly checks: ImageChecks;
  readonly requests: RequestLog;
  readonly building: LateBuilds;
  readonly settings: Settings;
  readonly onFailure: (error: unknown) => void;
}

/** Verifies new builds in the background, while no board is served and nothing is built, if the user wants that. */
export class VerifyWhenIdle extends Owner {
  readonly #idle: IdleChecks;

  constructor({ project, checks, requests, building, settings, onFailure }: VerifyWhenIdleParts) {
    super();
    const { verifyWhenIdle } = settings;
    this.#idle = new IdleChecks({
      checks,
      images: () => project.snapshot.images,
      isBusy: () =>
        !verifyWhenIdle.get() ||
        !vscode.workspace.isTrusted ||
        building.current?.isBuilding === true ||
        requests.requests.some(({ state }) => state.kind === 'running'),
      onFailure,
    });
    const { look } = this.#idle;
    this.own({ dispose: () => this.#idle.close() });
    const changes = [project.onDidChange, requests.onDidChange, building.onDidChange, examinedEvent(checks)];
    for (const change of changes) this.own(change(look));
    this.own(verifyWhenIdle.onDidChange(look));
    this.own(vscode.workspace.onDidGrantWorkspaceTrust(look));
  }

  /** How many images are still to be verified, while that goes on. */
  get left(): number {
    return this.#idle.left;
  }
}
