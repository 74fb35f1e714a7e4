/** Opens the editor on the demo workspace with the extension in it, serving: VS Code where there is one, else a browser's. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { installExtension, startServer } from '../test/vscode/server.ts';
import { QUIET_SETTINGS, writeSettings } from '../test/vscode/settings.ts';
import { setUp } from '../test/vscode/setup.ts';

const ROOT = path.dirname(import.meta.dirname);
const DEMO = path.join(ROOT, 'demo');
/** What stays between starts: settings that were changed, and the window as it was left. */
const STATE = path.join(ROOT, '.cache', 'start');
const { PORT: port = '8080' } = process.env;

execFileSync(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT, stdio: 'inherit' });
const { DISPLAY, WAYLAND_DISPLAY } = process.env;
const hasScreen = process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
if (hasScreen && spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0) openDesktop();
else await openInBrowser();

function openDesktop(): void {
  spawnSync('code', ['--new-window', `--extensionDevelopmentPath=${ROOT}`, DEMO], { stdio: 'inherit' });
  tell('VS Code has opened a window.');
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
  await writeSettings(folders.userData, 'Machine', { 'mkbox.port': Number(port) });
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
Ctrl+C ends it.
`);
}
