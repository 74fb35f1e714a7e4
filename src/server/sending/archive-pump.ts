import type { ServerResponse } from 'node:http';
import { systemErrorCode } from '../../errors.ts';
import type { Body } from '../decision/answer.ts';
import { HELD_BACK_BYTES } from '../limits.ts';
import type { ArchivePieces, Piece } from './archive-pieces.ts';
import { ArchiveWriter, type Line } from './archive-writer.ts';
import { ShortReadError } from './image-blocks.ts';
import { type Broken, IMAGE_CHANGED, type Sent } from './sent.ts';

/** Pieces of an archive as they are asked for and given back. */
export type Pieces = Pick<ArchivePieces, 'readsAhead' | 'take' | 'give'>;

/** A body that is read from an image's file. */
export type ArchiveBody = Extract<Body, { kind: 'archive' }>;

/**
 * Sends a range of an archive, piece by piece: where there is room, one is read while another is sent. When it returns
 * "broken", a piece may still wait to be written.
 */
export async function sendRange(
  response: ServerResponse,
  body: ArchiveBody,
  pieces: Pieces,
  line: Line,
): Promise<Sent> {
  const { range } = body;
  const { pace, delivery } = line;
  const writer = new ArchiveWriter(response, line);
  const gate = gateOf(body);
  let sending: Piece | undefined;
  const written = async () => {
    const sent = await writer.written();
    if (sent.kind === 'sent' && sending !== undefined) {
      pieces.give(sending);
      sending = undefined;
    }
    return sent;
  };
  let { approval } = body;
  for (let position = range.start; position <= range.end; ) {
    let end = position < gate ? Math.min(gate, range.end + 1) : range.end + 1;
    if (position >= gate && approval !== undefined) {
      const approved = await writer.approved(approval, position < range.end);
      if (approved === 'unsure') end = position + 1;
      else if (approved.kind === 'broken') return approved;
      else approval = undefined;
    }
    if (!pieces.readsAhead) {
      const before = await written();
      if (before.kind === 'broken') return before;
    }
    const piece = await takePiece(
      body,
      pieces,
      position,
      Math.min(delivery.mostPieceBytes, pace.mostBytes, end - position),
    );
    if ('kind' in piece) return piece;
    position += piece.length;
    const before = await written();
    if (before.kind === 'broken') return before;
    if (Number.isFinite(pace.mostBytes)) {
      const granted = await writer.granted(piece.length);
      if (granted.kind === 'broken') return granted;
    }
    writer.write(piece);
    sending = piece;
  }
  return written();
}

/** From this byte on an archive is sent only with approval; infinite where none is needed. */
function gateOf({ archive, approval }: ArchiveBody): number {
  const image = archive.segments.find((segment) => segment.kind === 'image');
  if (approval === undefined || image === undefined) return Number.POSITIVE_INFINITY;
  return image.start + Math.max(0, image.length - HELD_BACK_BYTES);
}

/**
 * Takes the next piece of an archive. The last one is the client's proof that it has the image: it is good only if all
 * before it were true.
 */
async function takePiece(
  { set, range }: ArchiveBody,
  pieces: Pieces,
  position: number,
  mostBytes: number,
): Promise<Piece | Broken> {
  try {
    const piece = await pieces.take(position, mostBytes);
    const isLast = position + piece.length > range.end;
    return isLast && !(await set.zst.isUnchanged()) ? IMAGE_CHANGED : piece;
  } catch (error) {
    if (error instanceof ShortReadError) return IMAGE_CHANGED;
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return { kind: 'broken', reason: 'image unreadable', code };
  }
}
