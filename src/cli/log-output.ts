import { constants, openSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { systemErrorCode } from '../errors.ts';

/** The output of a log. Nobody ever waits for it. */
export interface LogOutput {
  /**
   * Takes what there is room for from the beginning of `bytes`, and returns how many that was; what fails is taken, too.
   * `onRoom` is called when it may take more, after it did not take all.
   */
  write(bytes: Buffer, onRoom: () => void): number;
  /** Whether something that it took is still on its way. */
  readonly isBusy: boolean;
}

/** How often a terminal that took nothing is tried again. */
const RETRY_AFTER_MS = 20;

/** Absent on Windows. */
const { O_WRONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;

/** proc_pid_fd(5): opening this makes a description of its own, with flags of its own. */
const STDOUT_ANEW = '/proc/self/fd/1';

/**
 * Standard output, as a log is written to it. Node writes to a terminal and waits until that takes it: for ever where
 * somebody pressed Ctrl-S. So the terminal is opened once more, not to be waited for: the description that we were given
 * is the shell's, too. Where that can't be done, it is written to as Node does.
 */
export function standardOutput(stdout: WriteStream | (Writable & { readonly isTTY?: false })): LogOutput {
  if (stdout.isTTY !== true || process.platform !== 'linux') return streamOutput(stdout);
  try {
    return descriptorOutput(openSync(STDOUT_ANEW, O_WRONLY | O_NONBLOCK | O_NOCTTY));
  } catch {
    return streamOutput(stdout); // another user's terminal
  }
}

/** A stream, which is given nothing while it has something that was not read yet. */
export function streamOutput(stream: Writable): LogOutput {
  stream.on('error', () => {}); // whoever read the log is gone; boards are served all the same
  let isBusy = false;
  let waiting = () => {};
  return {
    get isBusy() {
      return isBusy && !stream.destroyed;
    },
    write(bytes, onRoom) {
      if (stream.destroyed) return bytes.length;
      waiting = onRoom;
      if (isBusy) return 0;
      isBusy = true;
      stream.write(Buffer.from(bytes), () => {
        isBusy = false;
        waiting();
      });
      return bytes.length;
    },
  };
}

function descriptorOutput(descriptor: number): LogOutput {
  return {
    isBusy: false,
    write(bytes, onRoom) {
      const taken = writeNow(descriptor, bytes);
      if (taken < bytes.length) setTimeout(onRoom, RETRY_AFTER_MS).unref();
      return taken;
    },
  };
}

function writeNow(descriptor: number, bytes: Buffer): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    return systemErrorCode(error) === 'EAGAIN' ? 0 : bytes.length;
  }
}
