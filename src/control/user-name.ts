import { userInfo } from 'node:os';

/** The name of who runs this process; its number, as in a container of any user, where passwd(5) has no entry for it. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
