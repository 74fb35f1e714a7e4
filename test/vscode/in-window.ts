/** Windows that live for a test, and what tests of serving read again and again. */
import type { Bench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

/** A VS Code that is open, with its workbench. */
export type Window = VSCode & { readonly workbench: Workbench };

const STATUS = 'mkbox.status';

/** Runs `steps` in a window of their own, and keeps what there is to see when they fail. */
export async function inWindow(
  bench: Bench,
  name: string,
  options: Parameters<Bench['open']>[0],
  steps: (window: Window) => Promise<void>,
): Promise<void> {
  const window = await bench.open(options);
  try {
    await steps(window);
  } catch (error) {
    await window.keepEvidence(name);
    throw error;
  } finally {
    await window.close();
  }
}

/** Opens a window for several tests: what went wrong in one is seen at once, and not marked in the status bar of the next. */
export async function openForMany(bench: Bench): Promise<Window> {
  const window = await bench.open();
  await window.workbench.openView('mkbox');
  return window;
}

/** Makes a window that several tests use serve as it did when it was opened: on the bench's port. */
export async function serveAsOpened(window: Window, bench: Bench): Promise<void> {
  const unset = Object.fromEntries(
    ['mkbox.host', 'mkbox.allow', 'mkbox.allowedHosts'].map((name) => [name, undefined]),
  );
  await window.changeSettings({ ...unset, 'mkbox.port': bench.port });
  await window.workbench.runCommand('Notifications: Clear All Notifications');
  await window.workbench.runCommand('mkbox: Serve Images');
  await status(window, `mkbox local:${bench.port}`, 'broadcast');
}

/** Stops serving in a window that serves. */
export async function stopServing(window: Window): Promise<void> {
  await window.workbench.runCommand('mkbox: Stop Serving');
  await status(window, 'mkbox', 'circle-slash');
}

/** The status bar item, as soon as it has this text and, where one is given, this icon. */
export function status({ workbench }: Window, text: string, icon?: string) {
  return until(
    `the status "${text}" ${icon ?? ''}`,
    () => workbench.statusBarItem(STATUS),
    (item) => item.text === text && (icon === undefined || item.icons.includes(icon)),
  );
}

/** Whether images are served on a port of this machine. */
export function serves(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/list`).then(
    (response) => response.status === 200,
    () => false,
  );
}
