/**
 * Where memory for reading begins, behind what the system hands out. glibc begins large pieces 16 bytes into a page, and
 * AMD's processors since Zen 3 copy to there at a quarter of their speed: what lies in the page cache begins with a page, and
 * `rep movsb` is slow where the target is 1 to 31 bytes further into its page (https://sourceware.org/bugzilla/show_bug.cgi?id=30994).
 */
const OFFSET_BYTES = 64;

/** Less comes from anywhere within what glibc has (mallopt(3), `M_MMAP_THRESHOLD`). */
const LARGE_BYTES = 128 * 1024;

/** Memory to read files into, with anything in it. */
export function readMemory(bytes: number): Buffer {
  if (bytes < LARGE_BYTES) return Buffer.allocUnsafe(bytes);
  return Buffer.allocUnsafeSlow(bytes + OFFSET_BYTES).subarray(OFFSET_BYTES);
}

/** The same, seen by all threads. Its pages are taken from the system when they are first written to. */
export function sharedReadMemory(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes + OFFSET_BYTES), OFFSET_BYTES);
}
