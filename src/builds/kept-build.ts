import path from 'node:path';
import { parseBuildId } from '../images/build-id.ts';
import type { CatalogImage } from '../images/catalog.ts';
import { isPublishableName } from '../images/image-name.ts';

/** A build that was copied aside: an image set of its own, which is opened, examined and sent like any other. */
export interface KeptBuild extends CatalogImage {
  readonly isKept: true;
  readonly buildId: string;
  /** Of its three files. */
  readonly bytes: number;
  /** When it was last the newest build, as far as that was seen: milliseconds since 1970. */
  readonly keptAtMs: number;
}

/** Which image a kept build is of, and which build. */
export interface BuildName {
  /** `<box>/<image>`. */
  readonly imageId: string;
  readonly buildId: string;
}

/** The folder of an image's kept builds: `<root>/<box>/<image>`. Undefined for what is no image's ID. */
export function imageFolderOf(root: string, imageId: string): string | undefined {
  const [box = '', image = '', ...more] = imageId.split('/');
  return more.length === 0 && isPublishableName(box) && isPublishableName(image)
    ? path.join(root, box, image)
    : undefined;
}

/** The folder of a kept build: `<root>/<box>/<image>/<build ID>`. Undefined for what names none. */
export function buildFolderOf(root: string, { imageId, buildId }: BuildName): string | undefined {
  const folder = imageFolderOf(root, imageId);
  return folder !== undefined && isBuildId(buildId) ? path.join(folder, buildId) : undefined;
}

/** Whether a folder's name is that of a kept build. */
export function isBuildId(name: string): boolean {
  return parseBuildId(name) === name;
}
