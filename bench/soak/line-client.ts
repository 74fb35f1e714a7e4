import { hash } from 'node:crypto';
import { connect } from 'node:net';

/** How a board's line to the server is this time. */
export type Weather = 'good' | 'slow' | 'cut' | 'stalled';

/** What became of a question. */
export type Result =
  /** An archive whose image is the one its checksums name; `raw` is the raw image's SHA-256. */
  | { readonly kind: 'image'; readonly raw: string }
  | { readonly kind: 'up to date' }
  /** In words: there is a build under way. */
  | { readonly kind: 'not now'; readonly status: number; readonly text: string }
  | { readonly kind: 'broken' }
  /** The connection was closed before a byte came: a build began at that moment, or the server is at fault. */
  | { readonly kind: 'silent'; readonly why: string }
  /** Word that the server is being stopped: what a restart must not do to a board. */
  | { readonly kind: 'refused'; readonly why: string }
  /** An archive that says it is whole and is wrong. */
  | { readonly kind: 'wrong'; readonly why: string };

const EMPTY_BYTES = 10_240;
const BLOCK_BYTES = 512;

/** A slow line takes a piece and pauses; the other limits lie in the middle of a small image. */
const SLOW_PAUSE_MS = 5;
const CUT_AFTER_BYTES = 700_000;
const STALL_MS = 3_000;

/** Longer than a restart with a drain may take. */
const PATIENCE_MS = 60_000;

/** Asks for an update over a line as the weather has it, and judges the answer as a board would. */
export function askForUpdate(port: number, target: string, weather: Weather): Promise<Result> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let wasCut = false;
    let error = 'closed without an answer';
    const socket = connect({ host: '127.0.0.1', port });
    const timer = setTimeout(() => socket.destroy(new Error('no answer for a minute')), PATIENCE_MS);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    socket.on('error', (reason) => {
      error = reason.message;
    });
    socket.on('data', (chunk: Buffer) => {
      const wasBelow = bytes < CUT_AFTER_BYTES;
      chunks.push(chunk);
      bytes += chunk.length;
      const pauseMs = weather === 'slow' ? SLOW_PAUSE_MS : weather === 'stalled' && wasBelow ? STALL_MS : 0;
      if (weather === 'cut' && bytes >= CUT_AFTER_BYTES) {
        wasCut = true;
        socket.destroy();
      } else if (pauseMs > 0 && bytes >= CUT_AFTER_BYTES) {
        socket.pause();
        setTimeout(() => socket.resume(), pauseMs);
      }
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(timer);
      if (wasCut) resolve({ kind: 'broken' });
      else resolve(bytes === 0 ? { kind: 'silent', why: error } : judge(Buffer.concat(chunks)));
    });
  });
}

function judge(answer: Buffer): Result {
  const headEnd = answer.indexOf('\r\n\r\n');
  const head = answer.toString('latin1', 0, headEnd);
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  const body = answer.subarray(headEnd + 4);
  if (headEnd < 0 || body.length < Number(/content-length: (\d+)/i.exec(head)?.[1])) return { kind: 'broken' };
  if (status !== 200) {
    const text = body.toString();
    return /being stopped/.test(text) ? { kind: 'refused', why: text } : { kind: 'not now', status, text };
  }
  return body.equals(Buffer.alloc(EMPTY_BYTES)) ? { kind: 'up to date' } : judgeArchive(body);
}

/** Two members, as the protocol has them: the image, then its checksums, which must be true of it. */
function judgeArchive(archive: Buffer): Result {
  const zst = member(archive, 0);
  const sums = member(archive, BLOCK_BYTES * (1 + Math.ceil(zst.length / BLOCK_BYTES))).toString();
  const [raw = '', packed = ''] = sums.split('\n').map((line) => line.slice(0, 64));
  if (hash('sha256', zst) !== packed) return { kind: 'wrong', why: 'the image is not what its checksums say' };
  return { kind: 'image', raw };
}

function member(archive: Buffer, start: number): Buffer {
  const size = Number.parseInt(archive.toString('latin1', start + 124, start + 136), 8);
  return archive.subarray(start + BLOCK_BYTES, start + BLOCK_BYTES + size);
}
