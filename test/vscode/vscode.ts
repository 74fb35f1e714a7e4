/** A real VS Code with our extension in it, and a browser that looks at it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { PROJECT_ROOT } from './cache.ts';
import { writeLanguagePack } from './language-pack.ts';
import { navigate } from './navigate.ts';
import { type Folders, installExtension, type Server, startServer } from './server.ts';
import { QUIET_SETTINGS, type Settings, writeSettings } from './settings.ts';
import { setUp } from './setup.ts';

/** What kind of VS Code to start. */
export interface Options {
  /** The folder to open, or a `.code-workspace` file. */
  workspace: string;
  /** The packaged extension to install. */
  vsix?: string;
  /** User settings on top of the quiet ones. */
  settings?: Settings;
  /** Settings of the scope `machine`: they would not count among `settings` (see `SettingsFile`). */
  machineSettings?: Settings;
  /** Whether the folder is trusted or the user is asked; trusted unless said otherwise. */
  trust?: 'trusted' | 'ask';
  /** A folder of installed extensions, as `prepareExtensions` makes it; it stays. */
  extensionsDir?: string;
  /** VS Code's memory of a user, to find it again after a restart; it stays. */
  userDataDir?: string;
  /** Variables for VS Code's processes, on top of the few they always get. */
  env?: Record<string, string>;
  /** The language of the extension's sentences, as in `de`; English unless said otherwise. VS Code's own stay English. */
  language?: string;
  /** The window's size; 1280 × 800 unless said otherwise. */
  viewport?: { width: number; height: number };
}

/** A running VS Code. */
export interface VSCode {
  /** The workbench, drawn. */
  page: Page;
  url: string;
  /** As the command "Reload Window": a new window and a new extension host. */
  reload(): Promise<void>;
  /** As the command "Open Folder…": the window shows another folder, with a new extension host. */
  openFolder(folder: string): Promise<void>;
  /** Keeps a picture as `test-results/screenshots/<name>.png` and says where. */
  screenshot(name: string): Promise<string>;
  /**
   * Changes settings while VS Code runs; `undefined` takes one back. They are the machine's, which count more than the
   * user's: a key changed here hides what somebody writes to the user's settings afterwards.
   */
  changeSettings(changes: Settings): Promise<void>;
  /** All logs so far: the server's, the extension host's, the extensions' output channels, the browser's console. */
  logs(): Promise<string>;
  /** Keeps a picture and the logs below `test-results/`, for whoever looks into a failure. */
  keepEvidence(name: string): Promise<void>;
  /** Ends the server, all its processes and the browser; removes what was temporary. */
  close(): Promise<void>;
}

const RESULTS = path.join(PROJECT_ROOT, 'test-results');
/** A cold start on a busy machine; usually 3 s. */
const WORKBENCH_TIMEOUT_MS = 60_000;
/** What a click finds or does takes less than a second; a busy machine gets more. */
const ACTION_TIMEOUT_MS = 90_000;

/** Starts VS Code on a folder and waits until its workbench is drawn. */
export async function startVSCode(options: Options): Promise<VSCode> {
  const installation = await setUp();
  const temporary = await mkdtemp(path.join(tmpdir(), 'mkbox-vscode-'));
  const folders: Folders = {
    home: path.join(temporary, 'home'),
    userData: options.userDataDir ?? path.join(temporary, 'user-data'),
    extensions: options.extensionsDir ?? path.join(temporary, 'extensions'),
  };
  const cleanUps = [() => rm(temporary, { recursive: true, force: true, maxRetries: 5 })];
  const close = async () => {
    for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop()) {
      await cleanUp();
    }
  };
  try {
    await writeSettings(folders.userData, 'User', startSettings(options));
    await writeSettings(folders.userData, 'Machine', options.machineSettings ?? {});
    if (options.vsix) {
      await installExtension(installation, folders, options.vsix);
    }
    const trust = options.trust === 'ask' ? [] : ['--disable-workspace-trust'];
    const language = options.language === undefined ? [] : ['--locale', options.language];
    if (options.language !== undefined) await writeLanguagePack(folders.userData, options.language);
    const server = await startServer(installation, folders, { args: [...trust, ...language], env: options.env ?? {} });
    cleanUps.push(server.close);

    const browser = await launchBrowser();
    cleanUps.push(() => browser.close());
    const { page, consoleLines } = await openPage(browser, options.viewport);
    const url = addressOf(server, options.workspace);
    await page.goto(url, { timeout: WORKBENCH_TIMEOUT_MS });
    await workbenchDrawn(page);

    const logs = async () => [server.output(), await readLogs(folders.userData), ...consoleLines].join('\n');
    return {
      page,
      url,
      reload: () =>
        navigate(server, async () => {
          await page.reload();
          await workbenchDrawn(page);
        }),
      openFolder: (folder) =>
        navigate(server, async () => {
          await page.goto(addressOf(server, folder), { timeout: WORKBENCH_TIMEOUT_MS });
          await workbenchDrawn(page);
        }),
      screenshot: (name) => screenshot(page, name),
      changeSettings: (changes) => writeSettings(folders.userData, 'Machine', changes),
      logs,
      async keepEvidence(name) {
        await screenshot(page, `${name} (failed)`);
        const file = path.join(RESULTS, 'logs', `${fileName(name)}.log`);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, await logs());
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Installs a packaged extension into a folder that several VS Codes then share as their `extensionsDir`. */
export async function prepareExtensions(vsix: string, extensionsDir: string): Promise<void> {
  const installation = await setUp();
  const home = await mkdtemp(path.join(tmpdir(), 'mkbox-vscode-'));
  try {
    await installExtension(
      installation,
      { home, userData: path.join(home, 'user-data'), extensions: extensionsDir },
      vsix,
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Where a server shows a folder, or a `.code-workspace` file. */
function addressOf({ url }: Server, workspace: string): string {
  const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  return `${url}?${kind}=${encodeURIComponent(workspace)}`;
}

function startSettings({ trust, settings }: Options): Settings {
  const asking = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'always' };
  return { ...QUIET_SETTINGS, ...(trust === 'ask' && asking), ...settings };
}

/** Icons that spin are drawn twenty times a second, by the processor, though VS Code is told to reduce motion. */
const STILL = `{
  const still = new CSSStyleSheet();
  still.replaceSync('*, ::before, ::after { animation: none !important; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}`;

/** A window of its own, allowed what VS Code on the desktop may do: use the clipboard. */
async function openPage(browser: Browser, viewport = { width: 1280, height: 800 }) {
  const context = await browser.newContext({ viewport, locale: 'en-US', reducedMotion: 'reduce' });
  await context.addInitScript(STILL);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await context.setExtraHTTPHeaders({ 'accept-encoding': 'identity' }); // packing what goes to this machine takes 1 s
  const page = await context.newPage();
  page.setDefaultTimeout(ACTION_TIMEOUT_MS);
  const consoleLines: string[] = [];
  page.on('console', (message) => consoleLines.push(`[browser] ${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => consoleLines.push(`[browser] ${error.stack}`));
  return { page, consoleLines };
}

async function workbenchDrawn(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: WORKBENCH_TIMEOUT_MS });
}

async function screenshot(page: Page, name: string): Promise<string> {
  const file = path.join(RESULTS, 'screenshots', `${fileName(name)}.png`);
  await page.screenshot({ path: file, animations: 'disabled' });
  return file;
}

/** A test's name as a file's: everything that a path could trip over becomes a dash. */
function fileName(name: string): string {
  return name.replaceAll(/[^\w().-]+/g, '-').slice(0, 120);
}

/** All log files of a VS Code, the oldest window's first, each under its name. */
async function readLogs(userData: string): Promise<string> {
  const folder = path.join(userData, 'logs');
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const sections: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.log')).sort()) {
    const text = await readFile(path.join(folder, file), 'utf8');
    if (text) {
      sections.push(`--- ${file}\n${text}`);
    }
  }
  return sections.join('\n');
}
