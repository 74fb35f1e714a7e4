import type { ServerResponse } from 'node:http';
import type { Segment } from '../decision/archive.ts';
import type { Piece } from './archive-pieces.ts';
import type { ArchiveBody, Pieces } from './archive-pump.ts';
import type { Fault } from './fault.ts';
import { Pace } from './pace.ts';

/** A fault that a request meets. */
export interface MetFault {
  readonly fault: Fault;
  /** Aborted when the fault is taken off. */
  readonly over: AbortSignal;
}

/** The pace of a transfer with a fault: its own where that makes it slow, until the fault is over. */
export function faultyPace(pace: Pace, { fault, over }: MetFault): Pace {
  if (fault.kind !== 'slow') return pace;
  const slow = new Pace();
  if (over.aborted) return slow;
  slow.limit(fault.bytesPerSecond);
  over.addEventListener('abort', () => slow.limit(undefined), { once: true });
  return slow;
}

/** The body that is sent in the place of a right one: it ends early, or has another digest in it. */
export function faultyBody(body: ArchiveBody, fault: Fault): ArchiveBody {
  const { archive, range } = body;
  if (fault.kind === 'cut' || fault.kind === 'stall') {
    const length = Math.floor(((range.end - range.start + 1) * fault.percent) / 100);
    return { ...body, range: { start: range.start, end: range.start + length - 1 } };
  }
  if (fault.kind !== 'checksum') return body;
  return { ...body, archive: { ...archive, segments: archive.segments.map(withOtherDigests) } };
}

/** Every digest in the text has another first digit. */
function withOtherDigests(segment: Segment): Segment {
  if (segment.kind === 'image') return segment;
  const text = segment.bytes.toString('latin1');
  const other = text.replace(/[0-9a-f](?=[0-9a-f]{63} [ *])/g, (digit) => (digit === '0' ? '1' : '0'));
  return { ...segment, bytes: Buffer.from(other, 'latin1') };
}

/** The pieces with a byte in the middle of the image inverted, in memory of their own: the others send the same image. */
export function faultyPieces(pieces: Pieces, { archive }: ArchiveBody, fault: Fault): Pieces {
  const image = archive.segments.find(({ kind }) => kind === 'image');
  if (fault.kind !== 'byte' || image?.kind !== 'image') return pieces;
  const at = image.start + Math.floor(image.length / 2);
  return {
    get readsAhead() {
      return pieces.readsAhead;
    },
    take: async (position, mostBytes) => inverted(await pieces.take(position, mostBytes), at - position),
    give: (piece) => pieces.give(piece),
  };
}

function inverted(piece: Piece, at: number): Piece {
  if (at < 0 || at >= piece.length) return piece;
  const bytes = Buffer.concat(piece.buffers);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  return { ...piece, buffers: [bytes] };
}

/**
 * Waits for `ms`, or until the client leaves or the fault is over. One that closed its half has left: what could tell
 * otherwise would have to be sent.
 */
export function lasting(response: ServerResponse, over: AbortSignal, ms?: number): Promise<void> {
  const { socket } = response;
  if (socket === null || response.destroyed || socket.readableEnded || over.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      response.off('close', end);
      socket.off('end', end);
      over.removeEventListener('abort', end);
      resolve();
    };
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    response.once('close', end);
    socket.once('end', end);
    over.addEventListener('abort', end);
  });
}
