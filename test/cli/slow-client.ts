import { once } from 'node:events';
import { connect } from 'node:net';

/** A client that asks for something and takes its time to read the answer. */
export interface SlowClient extends Disposable {
  /** Reads the answer to its end and gives the number of bytes of its body. */
  readBody(): Promise<number>;
  /** Goes away. */
  leave(): void;
}

/** Sends `GET target` to the server at `url`, waits for the first bytes of the answer and reads no further. */
export async function askSlowly(url: string, target: string): Promise<SlowClient> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  return {
    async readBody() {
      const chunks = [first];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.resume();
      await once(socket, 'close');
      const answer = Buffer.concat(chunks);
      return answer.length - answer.indexOf('\r\n\r\n') - 4;
    },
    leave: () => void socket.destroy(),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
