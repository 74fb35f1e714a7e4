/** A board on the bench, by an address of its own: 127.0.0.2 is to the server another one than 127.0.0.3. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/** How a board asks. */
export interface Asking {
  readonly port: number;
  readonly from: string;
  /** `name=…&board=…` */
  readonly query: string;
  readonly buildId: string;
}

/** Asks for an update, and takes all of the answer: its status, and how many bytes it had. */
export async function askForUpdate({ port, from, query, buildId }: Asking): Promise<{ status: number; bytes: number }> {
  const path = `/update?${query}&build_id=${buildId}`;
  const asked = request({ host: '127.0.0.1', port, path, localAddress: from, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  return { status: answer.statusCode ?? 0, bytes };
}
