/** Opens the editor on the demo workspace with the extension in it, serving: VS Code where there is one, else a browser's. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { installExtension, startServer } from '../test/vscode/server.ts';
import { QUIET_SETTINGS, writeSettings } from '../test/vscode/settings.ts';
import { setUp } from '../test/vscode/setup.ts';

const ROOT = path.dirname(import.meta.dirname);
/** What stays between starts: settings that were changed, the window as it was left, and what was built. */
const STATE = path.join(ROOT, '.cache', 'start');
/** A copy: builds leave images in it. */
const DEMO = path.join(STATE, 'demo');
/** Runs the demo's stand-in for mkbox as it is: it needs no root, but this Node. */
const BUILD_COMMAND = [process.execPath, '$' + '{mkbox}', '$' + '{boxbuild}'];
const { PORT: port = '8080' } = process.env;

execFileSync(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT, stdio: 'inherit' });
if (!existsSync(DEMO)) cpSync(path.join(ROOT, 'demo'), DEMO, { recursive: true, preserveTimestamps: true });
const { DISPLAY, WAYLAND_DISPLAY } = process.env;
const hasScreen = process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
if (hasScreen && spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0) openDesktop();
else await openInBrowser();

function openDesktop(): void {
  spawnSync('code', ['--new-window', `--extensionDevelopmentPath=${ROOT}`, DEMO], { stdio: 'inherit' });
  tell(`VS Code has opened a window. To build without sudo, set there:
  "mkbox.buildCommand": ${JSON.stringify(BUILD_COMMAND)}`);
}

async function openInBrowser(): Promise<void> {
  const installation = await setUp();
  const folders = {
    home: path.join(STATE, 'home'),
    userData: path.join(STATE, 'user-data'),
    extensions: path.join(STATE, 'extensions'),
  };
  const packed = path.join(STATE, 'package');
  for (const folder of [...Object.values(folders), packed]) mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/package.ts'), '--out', packed], { stdio: 'ignore' });
  const vsix = readdirSync(packed).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error(`no package was made in ${packed}`);
  await installExtension(installation, folders, path.join(packed, vsix));
  await writeSettings(folders.userData, 'User', QUIET_SETTINGS);
  await writeSettings(folders.userData, 'Machine', {
    'mkbox.port': Number(port),
    'mkbox.buildCommand': BUILD_COMMAND,
  });
  const server = await startServer(installation, folders, { args: ['--disable-workspace-trust'], env: {} });
  tell(`Open the editor:                    ${server.url}?folder=${encodeURIComponent(DEMO)}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
}

/** The URLs, and what to try: the images are served as soon as the editor's window is open. */
function tell(editor: string): void {
  process.stdout.write(`
${editor}
Then it serves the demo's images:   curl http://127.0.0.1:${port}/list
What a board's request amounts to:  curl 'http://127.0.0.1:${port}/update?name=docker-box&board=odroid-c4' | tar -tv
A simulated board, in another one:  npm run board
Ctrl+C ends it.
`);
}
