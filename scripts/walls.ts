/**
 * The floors of `src/` and the walls between them, as overrides for Biome: an import never goes up. `node scripts/walls.ts`
 * writes them into biome.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A floor: its folder in `src/` and what it may not import besides the floors above it. */
interface Floor {
  readonly name: string;
  /** Files in `src/` that belong to it. */
  readonly files?: readonly string[];
  readonly bans: readonly string[];
  /** What the linter says of an import that goes up. */
  readonly message: string;
}

const HTTP = ['node:http', 'node:https', 'hono', 'hono/*', '@hono/*'];
const FILES = ['node:fs', 'node:fs/promises'];
const EDITOR = ['vscode'];

/** From the ground up. Those of one row are side by side and don't know one another. */
const FLOORS: readonly (readonly Floor[])[] = [
  [
    {
      name: '.',
      files: [
        'by-name.ts',
        'code-text.ts',
        'errors.ts',
        'lasting-write.ts',
        'make-folder.ts',
        'open-files.ts',
        'printable.ts',
        'remedies.ts',
        'replace-file.ts',
        'running.ts',
        'send-queues.ts',
        'words.ts',
      ],
      bans: [...HTTP, ...EDITOR],
      message: 'The files in src/ that everything stands on import no floor.',
    },
  ],
  [
    { name: 'images', bans: [...HTTP, ...EDITOR], message: 'images/ is the lowest floor: what is on disk.' },
    {
      name: 'boxbuild',
      bans: [...FILES, ...HTTP, ...EDITOR],
      message: 'boxbuild/ reads texts: whoever uses it brings the files.',
    },
  ],
  [{ name: 'contents', bans: [...HTTP, ...EDITOR], message: 'contents/ stands on images/ only.' }],
  [{ name: 'checks', bans: [...HTTP, ...EDITOR], message: 'checks/ stands on images/ and contents/.' }],
  [
    {
      name: 'builds',
      bans: [...HTTP, ...EDITOR],
      message: 'builds/ stands on images/ and checks/: it knows no requests.',
    },
    {
      name: 'trial',
      bans: [...FILES, ...EDITOR],
      message: 'trial/ asks a server as a board does, stands on images/, contents/ and checks/, and writes nothing.',
    },
  ],
  [
    {
      name: 'server',
      bans: [...FILES, ...EDITOR],
      message: 'server/ stands on images/, contents/, checks/ and builds/, and opens no files itself.',
    },
  ],
  [{ name: 'boards', bans: [...HTTP, ...EDITOR], message: 'boards/ watches the server and knows no editor.' }],
  [
    {
      name: 'status',
      bans: [...FILES, ...EDITOR],
      message: 'status/ shows what the floors below know, and opens no files.',
    },
    { name: 'control', bans: [...EDITOR], message: 'control/ has the acts of people, and knows no editor.' },
  ],
  [
    {
      name: 'tools',
      bans: [...FILES, ...EDITOR],
      message: 'tools/ answers language models from what the floors below report, and opens no files.',
    },
  ],
  [
    { name: 'editor', bans: [], message: 'editor/ knows nothing of the command.' },
    { name: 'cli', bans: [...EDITOR], message: 'cli/ runs without an editor.' },
  ],
];

/** The files on top, which wire everything. */
const ROOF = ['cli.ts', 'extension.ts'];

/** What the files of a floor may not import, as import specifiers with wildcards, and the files it is about. */
export interface Wall {
  readonly includes: readonly string[];
  /** A file that the wall is about; it need not exist. */
  readonly example: string;
  readonly bans: readonly string[];
  readonly message: string;
}

/** The walls between the floors, and those of rooms that may import less than their floor does. */
export function walls(): Wall[] {
  return [...floorWalls(), ...roomWalls()];
}

function floorWalls(): Wall[] {
  return FLOORS.flatMap((row, level) =>
    row.map((floor) => {
      const above = FLOORS.slice(level + 1).flat();
      const beside = row.filter((other) => other !== floor);
      const folders = [...beside, ...above].map(({ name }) => `**/${name}/**`);
      const { name, files, bans, message } = floor;
      return {
        includes: files?.map((file) => `src/${file}`) ?? [`src/${name}/**`],
        example: files === undefined ? `src/${name}/example.ts` : `src/${files[0]}`,
        bans: [...folders, ...ROOF.map((file) => `**/${file}`), ...bans],
        message,
      };
    }),
  );
}

/** What counts for a room is written after its floor, and takes its place. */
function roomWalls(): Wall[] {
  const bansOf = (name: string) => floorWalls().find(({ includes }) => includes.includes(`src/${name}/**`))?.bans ?? [];
  return [
    {
      includes: ['src/editor/words/**'],
      example: 'src/editor/words/example.ts',
      bans: [...bansOf('editor'), ...EDITOR],
      message: 'editor/words/ makes texts of values, and is tested without an editor.',
    },
    {
      includes: ['src/cli/commands/**'],
      example: 'src/cli/commands/example.ts',
      bans: [...bansOf('cli'), ...HTTP, '**/boards/**', '**/status/**'],
      message: 'cli/commands/ does one thing and ends: it serves nothing.',
    },
  ];
}

/** The overrides in biome.json. */
export function overrides(): unknown[] {
  return walls().map(({ includes, bans, message }) => ({
    includes,
    linter: {
      rules: {
        style: {
          noRestrictedImports: { level: 'error', options: { patterns: [{ group: bans, message }] } },
        },
      },
    },
  }));
}

if (import.meta.main) {
  const file = path.join(import.meta.dirname, '..', 'biome.json');
  const settings = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify({ ...settings, overrides: overrides() }, undefined, 2)}\n`);
}
