import type * as vscode from 'vscode';
import type { ImageChecks } from '../../checks/image-checks.ts';

/** That something new is known of image files, as an event of the editor's kind. */
export function examinedEvent({ events }: ImageChecks): vscode.Event<void> {
  return (listener, thisArg) => {
    const tell = () => listener.call(thisArg);
    events.on('examined', tell);
    return { dispose: () => events.off('examined', tell) };
  };
}
