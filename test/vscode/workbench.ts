/**
 * VS Code's window as a user works with it. Every method waits until what it is about is there, and says after a
 * while what it saw instead.
 */
import type { Page } from 'playwright-core';
import { type Settings, THEMES, type Theme } from './settings.ts';
import { dialogs } from './workbench/dialogs.ts';
import { keys } from './workbench/keys.ts';
import { menus } from './workbench/menus.ts';
import { notifications } from './workbench/notifications.ts';
import { palette } from './workbench/palette.ts';
import { quickInput } from './workbench/quick-input.ts';
import { settingsEditor } from './workbench/settings-editor.ts';
import { sight } from './workbench/sight.ts';
import { statusBar } from './workbench/status-bar.ts';
import { views } from './workbench/views.ts';
import { walkthrough } from './workbench/walkthrough.ts';

export type Workbench = ReturnType<typeof openWorkbench>;

/** The body's classes that tell a theme's kind. */
const THEME_CLASSES = { light: 'vs', dark: 'vs-dark', 'high contrast': 'hc-black', 'high contrast light': 'hc-light' };

interface Window {
  readonly page: Page;
  changeSettings(changes: Settings): Promise<void>;
  screenshot(name: string): Promise<string>;
}

/** The window of a running VS Code (`startVSCode`). */
export function openWorkbench(vscode: Window) {
  const { page } = vscode;
  /** Changes the colours of the whole window. */
  const setTheme = async (theme: Theme): Promise<void> => {
    await vscode.changeSettings({ 'workbench.colorTheme': THEMES[theme] });
    await page.locator(`.monaco-workbench.${THEME_CLASSES[theme]}`).waitFor();
  };
  return {
    ...palette(page),
    ...quickInput(page),
    ...statusBar(page),
    ...views(page),
    ...sight(page),
    ...keys(page),
    ...menus(page),
    ...notifications(page),
    dialogs: dialogs(page),
    settings: settingsEditor(page),
    walkthrough: walkthrough(page),
    setTheme,

    /** Keeps the window as it looks now; in the dark, too, where MKBOX_PICTURES is `both`: that takes a second or two. */
    async pictures(name: string): Promise<void> {
      await setTheme('light');
      await vscode.screenshot(`${name}-light`);
      if (process.env.MKBOX_PICTURES !== 'both') return;
      await setTheme('dark');
      await vscode.screenshot(`${name}-dark`);
      await setTheme('light');
    },
  };
}
