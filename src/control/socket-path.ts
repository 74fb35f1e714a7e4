import { codeText } from '../code-text.ts';

/** `sun_path` of a socket's address: on Linux, no byte need end it (unix(7)); elsewhere it has 104, and one may. */
const MOST_PATH_BYTES = process.platform === 'linux' ? 108 : 103;

/** Why no socket is reached or made at `path`, where the system says `code`: it has an unclear one for a path that is too long. */
export function socketFault(path: string, code: string): string {
  const bytes = Buffer.byteLength(path);
  if (process.platform === 'win32' || bytes <= MOST_PATH_BYTES) return codeText(code);
  return `a socket's path may have ${MOST_PATH_BYTES} bytes, and this has ${bytes}: set a shorter CONTROL_PATH`;
}
