import { existsSync } from 'node:fs';
import path from 'node:path';

const SOCKET_FILE = 'control.sock';

/** The socket of the systemd service in contrib/: in its RuntimeDirectory=. */
export const SERVICE_SOCKET = '/run/mkbox-update-server/control.sock';

/**
 * Where the control socket is, for the server and for who controls it: CONTROL_PATH (`none`: nowhere); else in the
 * service's runtime folder (systemd.exec(5), RuntimeDirectory=); else beside STATE_PATH; else in the user's own
 * (XDG base directories, version 0.8). Undefined where there is no place for it.
 */
export function controlPath(environment: NodeJS.ProcessEnv): string | undefined {
  const { CONTROL_PATH, RUNTIME_DIRECTORY, STATE_PATH, XDG_RUNTIME_DIR } = environment;
  if (CONTROL_PATH === 'none') return undefined;
  if (CONTROL_PATH) return path.resolve(CONTROL_PATH);
  const [ours] = (RUNTIME_DIRECTORY || '').split(':');
  if (ours) return path.join(ours, SOCKET_FILE);
  if (process.platform === 'win32') return undefined; // a named pipe is no file beside another
  if (STATE_PATH) return path.resolve(path.dirname(STATE_PATH), SOCKET_FILE);
  return XDG_RUNTIME_DIR ? path.join(XDG_RUNTIME_DIR, 'mkbox', SOCKET_FILE) : undefined;
}

/**
 * Where a command finds the server: at `controlPath`. If no setting names a place and nothing is at the user's own, it is
 * `service`, if that exists.
 */
export function pathToControl(environment: NodeJS.ProcessEnv, service = SERVICE_SOCKET): string | undefined {
  const usual = controlPath(environment);
  const { CONTROL_PATH, RUNTIME_DIRECTORY, STATE_PATH } = environment;
  if (CONTROL_PATH || RUNTIME_DIRECTORY || STATE_PATH) return usual;
  const isThere = usual !== undefined && existsSync(usual);
  return !isThere && existsSync(service) ? service : usual;
}
