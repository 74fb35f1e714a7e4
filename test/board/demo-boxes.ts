import { cp, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The demo's own boxes: to be copied, not changed. */
export const DEMO_BOXES = fileURLToPath(new URL('../../demo/boxes/', import.meta.url));

/** An image of the demo workspace, by the parts a board knows it by. */
export interface DemoImage {
  readonly folder: string;
  readonly name: string;
  readonly board: string;
  readonly branch?: string;
  readonly version?: string;
}

/** The images whose boards take part in these tests: with and without a branch, dashes everywhere, a foreign folder. */
export const DEMO_IMAGES = {
  main: { folder: 'docker-box', name: 'docker-box', board: 'odroid-c4', branch: 'main' },
  feature: { folder: 'docker-box', name: 'docker-box', board: 'odroid-c4', branch: 'feature-x', version: '1.2.0' },
  plain: { folder: 'docker-box', name: 'docker-box', board: 'beaglebone-green' },
  master: { folder: 'linux-box', name: 'linux-box', board: 'odroid-c4', branch: 'master' },
  release: { folder: 'linux-box', name: 'linux-box', board: 'beaglebone-green', branch: 'main', version: '1.0.0' },
  led: { folder: 'led-blink', name: 'example-led-blink', board: 'odroid-c4' },
} as const satisfies Record<string, DemoImage>;

/** Copies the demo's boxes to a folder of its own, to serve and to spoil; the caller removes it. */
export async function copyDemoBoxes(): Promise<string> {
  const boxes = await mkdtemp(join(tmpdir(), 'boxes-'));
  await cp(DEMO_BOXES, boxes, { recursive: true });
  return boxes;
}

/** The image's name: the parts there are, with dashes. */
export function imageName({ name, board, branch, version }: DemoImage): string {
  return [name, board, branch, version].filter((part) => part !== undefined).join('-');
}

/** The file of an image's set with this suffix (`.img.zst`), in the demo's own boxes or in a copy. */
export function setFile(image: DemoImage, suffix: string, boxes = DEMO_BOXES): string {
  return join(boxes, image.folder, imageName(image) + suffix);
}

/** SHA-256 of the raw image, as its builder noted it. */
export async function rawSha256(image: DemoImage): Promise<string> {
  const lines = (await readFile(setFile(image, '.img.sha256'), 'utf8')).split('\n');
  const line = lines.find((candidate) => candidate.endsWith(`  ${imageName(image)}.img`));
  if (line === undefined) throw new Error(`${setFile(image, '.img.sha256')} has no line for the raw image`);
  return line.slice(0, 64);
}

/** The build ID in the image's `.img.buildID`. */
export async function buildIdOf(image: DemoImage): Promise<string> {
  return (await readFile(setFile(image, '.img.buildID'), 'utf8')).slice(0, 64);
}
