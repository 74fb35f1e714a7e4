/**
 * How far into an allocation read memory starts. glibc's large allocations start 16 bytes into a page, and AMD processors since
 * Zen 3 copy from the page cache to there several times slower than to anywhere else: `rep movsb` is slow where the target is
 * 1 to 31 bytes further into its page than the source (https://sourceware.org/bugzilla/show_bug.cgi?id=30994).
 */
const OFFSET_BYTES = 64;

/** Smaller allocations come from the heap, and start anywhere in a page (mallopt(3), `M_MMAP_THRESHOLD`). */
const LARGE_BYTES = 128 * 1024;

/** `bytes` bytes of memory to read a file into, with anything in them. */
export function readMemory(bytes: number): Buffer {
  if (bytes < LARGE_BYTES) return Buffer.allocUnsafe(bytes);
  return Buffer.allocUnsafeSlow(bytes + OFFSET_BYTES).subarray(OFFSET_BYTES);
}

/** The same, seen by all threads. Its pages are taken from the system when they are first written to. */
export function sharedReadMemory(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes + OFFSET_BYTES), OFFSET_BYTES);
}
