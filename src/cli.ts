#!/usr/bin/env node
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import zlib from 'node:zlib';
import packageJson from '../package.json' with { type: 'json' };
import { ImageChecks } from './checks/image-checks.ts';
import { readEnvironment, type Settings, UsageError } from './cli/environment.ts';
import { explain } from './cli/explain.ts';
import { HELP } from './cli/help.ts';
import { checkFolder } from './cli/image-folder.ts';
import { cat, ls, packages } from './cli/inside.ts';
import { checkKeptFiles } from './cli/kept-files.ts';
import { stopSignal } from './cli/stop-signal.ts';
import { verify } from './cli/verify.ts';
import { UserError } from './errors.ts';
import { Catalog } from './images/catalog.ts';
import { printable } from './printable.ts';

/** Exit statuses: what was asked can't be done here and now; what was asked makes no sense. */
const RUN_TIME_ERROR = 1;
const USAGE_ERROR = 2;

// Young garbage gets no more room than at the start: it would grow the process by 60 MB over a few thousand downloads.
setFlagsFromString('--semi-space-growth-factor=1');

process.stdout.on('error', () => {}); // whoever read it has read enough: `| head`

process.exitCode = await main(process.argv.slice(2), process.env).catch(tellFailure);

async function main(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  if (!('createZstdDecompress' in zlib)) {
    throw new UserError(`this needs Node 22.15 or later, and runs on ${process.version}`);
  }
  const [command, argument, ...rest] = args;
  if (command === 'pack') {
    const { pack } = await import('./cli/pack.ts');
    print(await pack(args.slice(1)));
    return 0;
  }
  if (command === 'ls') {
    const { text, isWhole } = await ls(args.slice(1), readEnvironment(environment));
    print(text);
    return isWhole ? 0 : RUN_TIME_ERROR;
  }
  if (command === 'cat') {
    await cat(args.slice(1), readEnvironment(environment), process.stdout);
    return 0;
  }
  if (command === 'packages') {
    print(await packages(args.slice(1), readEnvironment(environment)));
    return 0;
  }
  if (rest.length > 0) throw new UsageError(`too many arguments: ${args.join(' ')}; see update-server --help`);
  switch (command) {
    case undefined: {
      const { serve } = await import('./cli/serve.ts'); // nothing else needs all of the server
      await serve(readEnvironment(environment), environment);
      return process.exit(0); // lines of the log that nobody reads would keep the process
    }
    case 'verify':
      return withChecks(readEnvironment(environment), async (catalog, checks) => {
        const areRight = await verify(await catalog.refresh(), argument, checks, print, stopSignal('stopped').signal);
        return areRight ? 0 : RUN_TIME_ERROR;
      });
    case 'explain':
      if (argument === undefined) throw new UsageError('explain what? Give the path or the query of a board');
      return withChecks(readEnvironment(environment), async (catalog, checks) => {
        const { text, isServed } = await explain(argument, catalog, checks);
        print(text);
        return isServed ? 0 : RUN_TIME_ERROR;
      });
    case '--help':
    case '--version':
      if (argument !== undefined) break;
      print(command === '--help' ? HELP : `${packageJson.version}\n`);
      return 0;
  }
  throw new UsageError(`unknown argument ${args.join(' ')}; see update-server --help`);
}

/** Does what takes the images of IMAGE_PATH, and what is known of them. */
async function withChecks(
  settings: Settings,
  act: (catalog: Catalog, checks: ImageChecks) => Promise<number>,
): Promise<number> {
  const folder = path.resolve(settings.imagePath);
  await checkFolder(folder);
  await checkKeptFiles(settings);
  const checks = await ImageChecks.open(settings.checksPath, settings);
  try {
    return await act(new Catalog([folder], { followsLinks: settings.followLinks }), checks);
  } finally {
    await checks.close();
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Says on standard error what went wrong; what no one foresaw keeps its stack, for a report. */
function tellFailure(error: unknown): number {
  const text =
    error instanceof UserError ? printable(error.message) : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`update-server: ${text}\n`);
  return error instanceof UsageError ? USAGE_ERROR : RUN_TIME_ERROR;
}
