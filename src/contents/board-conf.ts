/** What an image tells the board that runs it (`board.conf` in its initramfs). Empty values count as absent. */
export interface BoardConf {
  /** `imgname`: the box. */
  readonly box?: string;
  readonly board?: string;
  readonly branch?: string;
  readonly version?: string;
  /** The build that a board running this image reports. */
  readonly buildId?: string;
  readonly arch?: string;
  /** The device that the board writes updates to. */
  readonly storageDevice?: string;
  readonly updateServer?: string;
  readonly domain?: string;
}

const KEYS: ReadonlyMap<string, keyof BoardConf> = new Map([
  ['imgname', 'box'],
  ['board', 'board'],
  ['box_branch', 'branch'],
  ['box_version', 'version'],
  ['buildID', 'buildId'],
  ['arch', 'arch'],
  ['storage_dev', 'storageDevice'],
  ['update_server_http', 'updateServer'],
  ['domain', 'domain'],
]);

/** An assignment as a shell reads it, quoted or not; mkbox writes no escapes. */
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(?:"([^"]*)"|'([^']*)'|([^\s'"]*))(?:\s+#.*|\s*)$/;

/** Reads the assignments of a `board.conf`, which boards source as shell; of a name that comes twice, the last counts. */
export function parseBoardConf(text: string): BoardConf {
  const conf: { -readonly [K in keyof BoardConf]: BoardConf[K] } = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', double, single, plain] = ASSIGNMENT.exec(line) ?? [];
    const key = KEYS.get(name);
    const value = double ?? single ?? plain ?? '';
    if (key === undefined) continue;
    if (value === '') delete conf[key];
    else conf[key] = value;
  }
  return conf;
}
