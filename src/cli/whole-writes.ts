import { fstatSync, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';

const STDOUT = 1;

/**
 * Has all be written that is printed into a file, or an error. By itself, Node takes what went in of it for all (write(2)),
 * where the disk became full in the middle.
 */
export function writeWhole(stdout: Writable): void {
  if (!isFile(STDOUT)) return;
  stdout._write = (chunk: Uint8Array, _encoding, done) => {
    try {
      writeFileSync(STDOUT, chunk);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    done();
  };
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false; // it is closed
  }
}
