import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import { endWithUs } from '../end-with-us.ts';
import { requireTools } from '../tools/tools.ts';

/** A server that is none of ours. */
export interface OtherServer extends AsyncDisposable {
  readonly url: string;
}

/** One that answers every request in the same way. */
export async function serveAs(answer: RequestListener): Promise<OtherServer> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** One that sends the same bytes to everyone, whatever they ask for. */
export function serveBytes(bytes: Buffer): Promise<OtherServer> {
  return serveAs((_request, response) => response.end(bytes));
}

/** A stand-in for the original update server, over an image folder. */
export async function serveOriginal(boxes: string): Promise<OtherServer> {
  const { python3 } = requireTools('python3');
  const script = fileURLToPath(new URL('original.py', import.meta.url));
  const child = spawn(python3, [script, boxes], { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(child);
  const [port] = await once(createInterface(child.stdout), 'line');
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'close');
    },
  };
}

/** A tar of these files. */
export async function tarOf(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, Buffer.from(content));
  archive.finalize();
  const blocks: Buffer[] = [];
  for await (const block of archive) blocks.push(Buffer.from(block as Uint8Array));
  return Buffer.concat(blocks);
}
