import type { Command } from 'commander';
import { ServedImages } from '../../builds/served-images.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import { UserError } from '../../errors.ts';
import type { CatalogSnapshot, ImageSource } from '../../images/catalog.ts';
import { plainNameHint } from '../../images/plain-name.ts';
import { looseImagesText, skippedLinkText } from '../../images/skipped-text.ts';
import { printable } from '../../printable.ts';
import { type Asked, parseTarget } from '../../server/decision/asked.ts';
import { Decider } from '../../server/decision/decide.ts';
import type { Decision } from '../../server/decision/decision.ts';
import { refusalStatus, refusalText } from '../../server/refusal.ts';
import { readTarget } from '../../trial/trial-target.ts';
import { RUN_TIME_ERROR } from '../exit-status.ts';
import { earlierText, openBuilds } from '../keeping.ts';
import { withChecks } from '../with-checks.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/** What a request would come to. */
interface Explanation {
  readonly text: string;
  /** Whether the board would get an update, or is up to date. */
  readonly isServed: boolean;
}

/** A person can wait for as long as a check takes, which a board can't. */
const WHEN_ALL_IS_KNOWN = { verdictWaitMs: Number.POSITIVE_INFINITY };

/** No board is at that address, so that none is held back. */
const NOBODY = { client: 'nobody', conditions: {}, isHead: false };

/**
 * `update-server explain '<path or query of a board>'`: which images are tried for the request, and which one is sent, or
 * why none, as the server itself decides it. Nothing is sent. Ends with 1 where the board would get nothing.
 */
export function explainCommand({ settings }: CommandContext): Command {
  return subcommand('explain', 'Tells which image a board would get, or why none.')
    .argument('<request>', "the path or the query of a board: '/update?name=docker-box&board=odroid-c4'")
    .action(async (request: string) => {
      const given = settings();
      const { text, isServed } = await withChecks(given, async (catalog, checks) => {
        const builds = await openBuilds(given, (text) => process.stderr.write(`${printable(text)}\n`));
        return explain(request, builds === undefined ? catalog : new ServedImages(catalog, builds), checks);
      });
      process.stdout.write(text);
      if (!isServed) process.exitCode = RUN_TIME_ERROR;
    });
}

/** @throws UserError when `request` is no request for an update. */
async function explain(request: string, catalog: ImageSource, checks: ImageChecks): Promise<Explanation> {
  const asked = readRequest(request);
  const decider = new Decider(catalog, checks, WHEN_ALL_IS_KNOWN);
  await using decision = await decider.decide(asked, NOBODY);
  const end = endOf(decision);
  const skipped = skippedLines(catalog.snapshot, decision);
  const lines = [`asked    ${askedText(asked)}`, ...triedLines(decision), ...skipped, `answer   ${end.text}`];
  return { text: lines.map(printable).join('\n').concat('\n'), isServed: end.isServed };
}

function readRequest(request: string): Asked {
  const asked = parseTarget(readTarget(request).path);
  if (asked.kind === 'update') return asked;
  throw new UserError(
    `${JSON.stringify(request)} asks for no update; say it as a board does: ` +
      "'/update?name=docker-box&board=odroid-c4&build_id=…', or '<box>/<image>'",
  );
}

function askedText({ box, image, board, branch, version, buildId }: Asked): string {
  const parts = { box, image, board, branch, version, 'running build': buildId };
  return Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function triedLines({ resolution, servedBuildId }: Decision): string[] {
  if (resolution === undefined) return [];
  const lines = [`tried    ${resolution.tried.join(', ')}`];
  if (resolution.found !== undefined) lines.push(`found    ${resolution.found.id}`);
  if (servedBuildId !== undefined) lines.push(`build    ${servedBuildId}`);
  const earlier = resolution.found && earlierText(resolution.found);
  const hint = resolution.found && plainNameHint(resolution.found.image);
  for (const note of [earlier, hint]) if (note !== undefined) lines.push(`note     ${note}`);
  return lines;
}

/** Links behind which the image may lie, or the folder that it may lie in, where it was not found. */
function skippedLines({ links, loose }: CatalogSnapshot, { resolution }: Decision): string[] {
  if (resolution?.found !== undefined) return [];
  return [...loose.map((folder) => looseImagesText(folder)), ...links.map((link) => skippedLinkText(link))].map(
    (text) => `skipped  ${text}`,
  );
}

/** What the board gets. */
function endOf(decision: Decision): Explanation {
  if ('refusal' in decision) {
    return { isServed: false, text: `${refusalStatus(decision.refusal)}: ${refusalText(decision.refusal)}` };
  }
  if (decision.result === 'up to date')
    return { isServed: true, text: '200: an empty archive, the board is up to date' };
  const bytes = decision.answer.body.kind === 'archive' ? decision.answer.body.archive.length : 0;
  return { isServed: true, text: `200: the image, in an archive of ${bytes} bytes` };
}
