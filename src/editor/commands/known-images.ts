import * as vscode from 'vscode';
import { UserError } from '../../errors.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { Project } from '../workspace/project.ts';

/** That nothing was done with an image, as it is gone. */
export function goneImage(image: string): UserError {
  return new UserError(vscode.l10n.t('the image {0} is no longer there: nothing was done.', image));
}

/** The same of a build. */
export function goneBuild(build: string, image: string): UserError {
  const { l10n } = vscode;
  return new UserError(l10n.t('build {0} of {1} is no longer there: nothing was done.', shortBuildId(build), image));
}

/** Looks whether an image is still there that the user was asked about. @throws UserError where not */
export async function requireImage({ id, image }: CatalogImage, project: Project): Promise<void> {
  await project.refresh(false);
  if (!project.snapshot.byId.has(id)) throw goneImage(image);
}
