import * as vscode from 'vscode';
import { SettledChanges } from './settled-changes.ts';

const SECTION = 'mkbox';

/** Where a setting is read: in a folder of the workspace, or for the window. */
type Place = vscode.WorkspaceFolder | undefined;

/** A setting, typed, with its changes. */
export interface Setting<T> {
  /** The value in force, for `folder` where it may differ between the workspace's folders. */
  get(folder?: vscode.WorkspaceFolder): T;
  /** It may have changed, and has not for a moment. */
  readonly onDidChange: vscode.Event<void>;
}

/** A setting in which something is written that it can't be, and what holds in its place: there may be one in each folder. */
export interface SettingFault {
  readonly name: `mkbox.${string}`;
  readonly written: unknown;
  readonly inForce: unknown;
}

/** The extension's settings. Their meanings and defaults stand in the manifest. */
export interface Settings extends vscode.Disposable {
  /** Those that are written wrong now. Whoever asks has what is right remembered: most settings are read long after the start. */
  faults(): readonly SettingFault[];
  /** Any of them may have changed, and none has for a moment. */
  readonly onDidChange: vscode.Event<void>;
  readonly host: Setting<string>;
  readonly port: Setting<number>;
  readonly allowedHosts: Setting<readonly string[]>;
  /** As written: an invalid list must not allow everyone. */
  readonly allow: Setting<unknown>;
  /** Megabytes per second; 0 for no limit. */
  readonly rateLimit: Setting<number>;
  /** 0 for no limit. */
  readonly maxTransfers: Setting<number>;
  readonly allowForeignImages: Setting<boolean>;
  readonly verifyWhenIdle: Setting<boolean>;
  readonly autoStart: Setting<boolean>;
  readonly imagePath: Setting<string>;
  readonly followLinks: Setting<boolean>;
  readonly stopLoops: Setting<boolean>;
  /** As written: invalid stages must not send a new build to everyone. */
  readonly rollOutStages: Setting<unknown>;
  /** Minutes; 0: the next stage opens only when all boards of a stage have reported the build. */
  readonly rollOutWait: Setting<number>;
  /** What comes after one update, where all images were served before it. */
  readonly afterOneUpdate: Setting<'serve' | 'stop'>;
  readonly notifyConfirmed: Setting<boolean>;
  readonly showExpectedChanges: Setting<boolean>;
  /** Program and arguments that build an image, in place of sudo and mkbox; empty for those. */
  readonly buildCommand: Setting<readonly string[]>;
  readonly branchFromGit: Setting<boolean>;
  readonly countIgnoredFiles: Setting<boolean>;
  /** Gigabytes. */
  readonly insideCacheSize: Setting<number>;
  readonly keepBuilds: Setting<number>;
  /** Gigabytes. */
  readonly keepSize: Setting<number>;
  /** As written: a line, or a list of arguments; empty for none. */
  readonly rebootCommand: Setting<string | readonly string[]>;
  /** Seconds. */
  readonly rebootTimeout: Setting<number>;
  readonly sshUser: Setting<string>;
}

/**
 * Opens the settings. In place of a value that is none, as a hand-written file may have, the last valid one of this window
 * holds, at first the default: a typing error must not move the server, or take a limit away.
 */
export function openSettings(): Settings {
  const changes = new SettledChanges();
  const findFaults: (() => readonly SettingFault[])[] = [];
  function onChange(name: string): vscode.Event<void> {
    return (listener, thisArg, disposables) =>
      changes.onDidSettle(
        (isAffected) => {
          if (isAffected(name)) listener.call(thisArg);
        },
        undefined,
        disposables,
      );
  }
  function setting<T>(
    name: string,
    fallback: T,
    isValid: (value: unknown) => value is T,
    places: () => readonly Place[] = () => [undefined],
  ): Setting<T> {
    const lastValid = new Map<string | undefined, T>();
    const read = (place: Place) => vscode.workspace.getConfiguration(SECTION, place ?? null).get<unknown>(name);
    const inForce = (value: unknown, place: Place): T => {
      const at = place?.uri.toString();
      if (isValid(value) && changes.isSettled) lastValid.set(at, value);
      if (isValid(value)) return value;
      const last = lastValid.get(at);
      return last === undefined ? fallback : last; // null may be one
    };
    const faultAt = (place: Place): SettingFault[] => {
      const written = read(place);
      const holding = inForce(written, place);
      return isValid(written) ? [] : [{ name: `${SECTION}.${name}`, written, inForce: holding }];
    };
    findFaults.push(() => places().flatMap(faultAt));
    return {
      get: (folder) => inForce(read(folder), folder),
      onDidChange: onChange(`${SECTION}.${name}`),
    };
  }
  return {
    faults: () => findFaults.flatMap((find) => find()),
    onDidChange: onChange(SECTION),
    host: setting('host', '127.0.0.1', (value): value is string => isText(value) && value !== ''),
    port: setting('port', 8080, isPort),
    allowedHosts: setting<readonly string[]>('allowedHosts', [], isTextList),
    allow: setting<unknown>('allow', [], (value): value is unknown => value !== undefined),
    rateLimit: setting('rateLimit', 0, isAmount),
    maxTransfers: setting('maxTransfers', 0, isCount),
    allowForeignImages: setting('allowForeignImages', false, (value) => typeof value === 'boolean'),
    verifyWhenIdle: setting('verifyWhenIdle', true, (value) => typeof value === 'boolean'),
    autoStart: setting('autoStart', true, (value) => typeof value === 'boolean'),
    imagePath: setting('imagePath', '', isText, () => vscode.workspace.workspaceFolders ?? []),
    followLinks: setting('followLinks', false, (value) => typeof value === 'boolean'),
    stopLoops: setting('stopLoops', true, (value) => typeof value === 'boolean'),
    rollOutStages: setting<unknown>('rollOut.stages', [], (value): value is unknown => value !== undefined),
    rollOutWait: setting('rollOut.wait', 0, isAmount),
    afterOneUpdate: setting('afterOneUpdate', 'serve', (value) => value === 'serve' || value === 'stop'),
    notifyConfirmed: setting('notifyConfirmed', false, (value) => typeof value === 'boolean'),
    showExpectedChanges: setting('changes.showExpected', true, (value) => typeof value === 'boolean'),
    buildCommand: setting<readonly string[]>('buildCommand', [], isTextList),
    branchFromGit: setting('build.branchFromGit', false, (value) => typeof value === 'boolean'),
    countIgnoredFiles: setting('build.countIgnoredFiles', true, (value) => typeof value === 'boolean'),
    insideCacheSize: setting('inside.cacheSize', 4, isAmount),
    keepBuilds: setting('keepBuilds', 1, isCount),
    keepSize: setting('keepSize', 5, isAmount),
    rebootCommand: setting<string | readonly string[]>('rebootCommand', [], isCommand),
    rebootTimeout: setting('rebootTimeout', 300, isAmount),
    sshUser: setting('sshUser', 'root', isText),
    dispose: () => changes.dispose(),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isCommand(value: unknown): value is string | readonly string[] {
  return isText(value) || isTextList(value);
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
