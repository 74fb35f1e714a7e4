import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';

/** A zstd frame in two pieces, which are written one after the other. */
export type Frame = readonly [header: Buffer, rest: Buffer];

/** Compresses `bytes` (below 4 GiB) into one frame, off the event loop. `bytes` must stay as they are meanwhile. */
export type FrameCompressor = (bytes: Buffer) => Promise<Frame>;

/** What `zstd` and mkbox compress with, and the package's default: version 1.2.2 hands no level on to its library. */
const LEVEL = 3;

/** RFC 8878, section 3.1.1.1.1: the descriptor comes after the magic number, and the window descriptor after it. */
const DESCRIPTOR_AT = 4;
const CONTENT_SIZE_AT = 6;
const CONTENT_SIZE_BYTES = 4;
/** No content size, no single segment, no checksum, no dictionary: what the package's streaming encoder writes. */
const PLAIN_DESCRIPTOR = 0x00;
/** As the plain one, with a content size in four bytes. */
const SIZED_DESCRIPTOR = 0x80;
const SINGLE_SEGMENT = 0x20;

/**
 * Loads the compressor, a native module: only now, since nothing else needs it. Where it is not installed, as beside a
 * copied stand-alone bundle, or has no binary for this system, Node's own takes its place, with the same frames.
 */
export async function loadFrameCompressor(): Promise<FrameCompressor> {
  const compress = await import('@mongodb-js/zstd').then(
    (native) => (bytes: Buffer) => native.compress(bytes, LEVEL),
    () => compressByNode,
  );
  return async (bytes) => withContentSize(await compress(bytes), bytes.length);
}

const zstdCompressAsync = promisify(zstdCompress);

function compressByNode(bytes: Buffer): Promise<Buffer> {
  return zstdCompressAsync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
}

/**
 * The frame with its content's size (bytes) in its header, where a decoder checks it and a reader learns the size
 * without decompressing. The package compresses as a stream does: it has not been told the size when it writes the header.
 */
function withContentSize(frame: Buffer, contentBytes: number): Frame {
  const header = Buffer.alloc(CONTENT_SIZE_AT + CONTENT_SIZE_BYTES);
  frame.copy(header, 0, 0, CONTENT_SIZE_AT);
  const descriptor = header.readUInt8(DESCRIPTOR_AT);
  // these two say where a content size stands, and in a single segment there always is one
  const isSized = descriptor >> 6 !== 0 || (descriptor & SINGLE_SEGMENT) !== 0;
  if (isSized) return [frame.subarray(0, CONTENT_SIZE_AT), frame.subarray(CONTENT_SIZE_AT)];
  if (descriptor !== PLAIN_DESCRIPTOR) throw new Error(`unexpected zstd frame header descriptor ${descriptor}`);
  header.writeUInt8(SIZED_DESCRIPTOR, DESCRIPTOR_AT);
  header.writeUInt32LE(contentBytes, CONTENT_SIZE_AT);
  return [header, frame.subarray(CONTENT_SIZE_AT)];
}
