import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes of an empty tar: what a board that is up to date gets (a record of 20 blocks, tar(5)). */
const EMPTY_TAR_BYTES = 10_240;

/** Requests under way at a time: with more, the server would take so long for a round that none of its answers holds. */
const UNDER_WAY = 32;

/** What answers are read into; they are thrown away. */
const BUFFER_BYTES = 64 * 1024;

/** Boards at addresses of their own that ask the same, one after the other, each on a connection that it keeps. */
export class AskingBoards {
  readonly #boards: readonly AskingBoard[];
  #next = 0;
  #isAsking = false;
  #answers = 0;
  #underWay = 0;

  /** `addresses`: this machine's. */
  constructor(url: URL, target: string, addresses: readonly string[]) {
    const head = `GET ${target} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
    this.#boards = addresses.map((address) => new AskingBoard(url, address, head, () => this.#answered()));
  }

  /** Asks for so long; answers how many answers came. */
  async ask(seconds: number): Promise<number> {
    this.#answers = 0;
    this.#isAsking = true;
    this.#askNext(); // the server looks at its files, and the others are answered by what it saw
    while (this.#answers === 0) await sleep(1);
    while (this.#underWay < UNDER_WAY) this.#askNext();
    await sleep(seconds * 1_000);
    this.#isAsking = false;
    while (this.#underWay > 0) await sleep(1);
    return this.#answers;
  }

  close(): void {
    for (const board of this.#boards) board.close();
  }

  #askNext(): void {
    this.#underWay++;
    let board = this.#nextBoard();
    while (board?.isWaiting) board = this.#nextBoard(); // one whose connection takes long is not asked twice
    board?.ask();
  }

  #nextBoard(): AskingBoard | undefined {
    return this.#boards[this.#next++ % this.#boards.length];
  }

  #answered(): void {
    this.#answers++;
    this.#underWay--;
    if (this.#isAsking) this.#askNext();
  }
}

/** One of them. It connects again when the server has closed what was idle for long. */
class AskingBoard {
  readonly #url: URL;
  readonly #address: string;
  readonly #head: string;
  readonly #onAnswer: () => void;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #socket: net.Socket | undefined;
  #isWaiting = false;
  #left = 0;

  constructor(url: URL, address: string, head: string, onAnswer: () => void) {
    this.#url = url;
    this.#address = address;
    this.#head = head;
    this.#onAnswer = onAnswer;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  ask(): void {
    this.#isWaiting = true;
    this.#left = 0;
    this.#socket ??= this.#connect();
    this.#socket.write(this.#head);
  }

  close(): void {
    this.#isWaiting = false;
    this.#socket?.destroy();
  }

  #connect(): net.Socket {
    const { hostname: host, port } = this.#url;
    const onread = { buffer: this.#buffer, callback: (bytes: number) => this.#read(bytes) };
    const socket = net.connect({ host, port: Number(port), localAddress: this.#address, onread });
    return socket
      .on('error', () => {}) // it is closed, too
      .on('close', () => {
        this.#socket = undefined;
        if (this.#isWaiting) this.ask();
      });
  }

  #read(bytes: number): boolean {
    if (this.#left === 0) this.#left = answerBytes(this.#buffer, bytes);
    this.#left -= bytes;
    if (this.#left === 0) {
      this.#isWaiting = false;
      this.#onAnswer();
    }
    return true;
  }
}

/** The length of an answer whose head begins the first `bytes` of `buffer`. @throws Error if it is not "up to date" */
function answerBytes(buffer: Uint8Array, bytes: number): number {
  const head = Buffer.from(buffer.buffer, buffer.byteOffset, bytes).toString('latin1');
  const end = head.indexOf('\r\n\r\n');
  if (!head.startsWith('HTTP/1.1 200') || end < 0 || !head.includes(`Content-Length: ${EMPTY_TAR_BYTES}\r\n`)) {
    throw new Error(`not up to date: ${head.slice(0, 300)}`);
  }
  return end + 4 + EMPTY_TAR_BYTES;
}
