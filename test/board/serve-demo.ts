import { rm } from 'node:fs/promises';
import { copyDemoBoxes } from './demo-boxes.ts';
import { type RunningServer, startUpdateServer } from './update-server.ts';

/**
 * Starts the command on a private copy of the demo's boxes, which `spoil` may change before, with `env` in its
 * environment; disposing the server removes the copy, too.
 */
export async function serveDemo(
  spoil: (boxes: string) => Promise<void> = async () => {},
  env: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const boxes = await copyDemoBoxes();
  const removeBoxes = () => rm(boxes, { recursive: true, force: true });
  try {
    await spoil(boxes);
    const server = await startUpdateServer({ imagePath: boxes, env });
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await removeBoxes();
      },
    };
  } catch (error) {
    await removeBoxes();
    throw error;
  }
}
