/** A browser to look at VS Code with: the one named, the system's, or the one from npm. */
import { access, constants } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';
import { type Program, unpackBundledBrowser } from './bundled-browser.ts';

const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** No sandbox, because CI runs as root; no talking to anybody, because a test's network is the test's own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/**
 * Starts the first browser that works. The variable MKBOX_CHROMIUM names the only one to try: a program's path, or
 * `bundled` for the one that comes with `npm ci`.
 */
export async function launchBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const failures: string[] = [];
  for (const candidate of await candidates(env.MKBOX_CHROMIUM)) {
    try {
      const { executablePath, env: added } = await candidate.program();
      return await chromium.launch({
        executablePath,
        args: ARGUMENTS,
        ...(added && { env: { ...definedOnly(env), ...added } }),
      });
    } catch (error) {
      failures.push(`- ${candidate.name}: ${summary(error)}`);
    }
  }
  throw new Error(
    'No browser works here. Install Chromium (on Debian or Ubuntu: apt-get install chromium) or name one in ' +
      `MKBOX_CHROMIUM. Tried:\n${failures.join('\n')}`,
  );
}

interface Candidate {
  name: string;
  program(): Promise<Program>;
}

async function candidates(named: string | undefined): Promise<Candidate[]> {
  const bundled: Candidate = { name: 'the bundled @sparticuz/chromium', program: unpackBundledBrowser };
  if (named === 'bundled') {
    return [bundled];
  }
  const installed = named ? [named] : await existing(SYSTEM_BROWSERS);
  const programs = installed.map((executablePath) => ({
    name: executablePath,
    program: async () => ({ executablePath }),
  }));
  return named ? programs : [...programs, bundled];
}

async function existing(files: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    await access(file, constants.X_OK).then(
      () => found.push(file),
      () => undefined,
    );
  }
  return found;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function summary(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  const telling = lines.find((line) => /error while loading|cannot|ENOENT|EACCES|No such/i.test(line));
  return (telling ?? lines[0] ?? '').trim();
}
