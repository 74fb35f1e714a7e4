/** The settings VS Code starts with: quiet, offline, and looking the same every time. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The looks a user can have; the names on the right are VS Code's. */
export const THEMES = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  'high contrast': 'Default High Contrast',
  'high contrast light': 'Default High Contrast Light',
} as const;

export type Theme = keyof typeof THEMES;

/** Nothing that greets, asks, advertises or phones out; a test adds or overrules what it is about. */
export const QUIET_SETTINGS: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.colorTheme': THEMES.light,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  // Rows that stick to a view's top hide those below them from the pointer.
  'workbench.tree.enableStickyScroll': false,
  'window.autoDetectColorScheme': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'telemetry.feedback.enabled': false,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'typescript.disableAutomaticTypeAcquisition': true,
  'files.simpleDialog.enable': true,
  // Or any process on the machine that listens makes VS Code ask what to do with the port.
  'remote.otherPortsAttributes': { onAutoForward: 'silent' },
};

export type Settings = Readonly<Record<string, unknown>>;

/**
 * The two files of a VS Code whose server is, to it, a remote machine. `User` is read when a window opens; `Machine`
 * is also watched, counts more, and is the only one where settings of the scope `machine` count. Users at their own
 * computer have one file for both.
 */
export type SettingsFile = 'User' | 'Machine';

/** Adds settings to those in a file; `undefined` takes one back. */
export async function writeSettings(userData: string, to: SettingsFile, changes: Settings): Promise<void> {
  const file = path.join(userData, to, 'settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  const present: Settings = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  await writeFile(file, `${JSON.stringify({ ...present, ...changes }, null, 2)}\n`);
}
