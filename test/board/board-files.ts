/** The overrides a person can write onto a board's boot partition, without the `force_update_` before each. */
export interface UpdateTxt {
  readonly name?: string;
  readonly branch?: string;
  readonly version?: string;
  readonly server_http?: string;
}

/** The TXT records a network can keep for a board, without the `box_` before each. */
export interface DnsTxt {
  readonly name?: string;
  readonly branch?: string;
  readonly version?: string;
  readonly update_server?: string;
}

/** What a board is before its first update. */
export interface FirstSystem {
  readonly server: string;
  readonly name: string;
  readonly board: string;
  readonly branch?: string;
  readonly version?: string;
  readonly buildId?: string;
}

/** `update.txt` as it lies on a boot partition: every variable is there, most of them empty. */
export function linesOfUpdateTxt(updateTxt: UpdateTxt): string {
  const keys = ['name', 'branch', 'version', 'server_http'] as const;
  return lines(keys.map((key) => `force_update_${key}=${updateTxt[key] ?? ''}`));
}

/** TXT records as `dig +short` prints them: quoted, a line each. */
export function linesOfDnsTxt(dnsTxt: DnsTxt): string {
  return lines(Object.entries(dnsTxt).map(([key, value]) => `"box_${key}=${value}"`));
}

/** The board.conf of a system that was put onto the board by hand; a branch and a version only if there are any. */
export function firstBoardConf(system: FirstSystem, disk: string): string {
  const conf = lines([
    `imgname="${system.name}"`,
    `board="${system.board}"`,
    `buildID=${system.buildId ?? '0'.repeat(64)}`,
    ...(system.branch === undefined ? [] : [`box_branch=${system.branch}`]),
    ...(system.version === undefined ? [] : [`box_version=${system.version}`]),
  ]);
  return onThisBench(conf, system.server, disk);
}

/** `conf` for a board whose disk is a file, and whose update server is not the one the image was built for. */
export function onThisBench(conf: string, server: string, disk: string): string {
  return `${conf}${lines([`update_server_http="${server}"`, `storage_dev="${disk}"`])}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
