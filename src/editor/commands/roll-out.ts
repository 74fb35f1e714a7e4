import * as vscode from 'vscode';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import type { RollOut, Stage } from '../../boards/roll-out.ts';
import { rollOutText } from '../../boards/roll-out-text.ts';
import { type Shown, since } from '../../control/as-shown.ts';
import { goBack } from '../../control/go-back.ts';
import { startRollOut } from '../../control/start-roll-out.ts';
import { userName } from '../../control/user-name.ts';
import { UserError } from '../../errors.ts';
import { buildIdOf } from '../../images/image-state.ts';
import { waitOf } from '../serving/roll-out-setting.ts';
import { plainMessage } from '../words/plain-message.ts';
import { notAsShownText, notKeptText, withProgress } from '../words/roll-out-words.ts';
import type { Command, CommandContext } from './command.ts';
import { pick } from './pick.ts';
import { pickReadyImage } from './pick-image.ts';
import { imageOf } from './rows.ts';

/** Something that can be done about a roll-out. */
interface Choice {
  readonly label: string;
  readonly description?: string;
  run(): unknown;
}

/** Sends an image's build out in stages; of one that is on its way, lets it go on, or stop. */
export const rollOut: Command = {
  id: 'mkbox.rollOut',
  needsTrustedFolder: true,
  async run(context, row) {
    const { l10n } = vscode;
    const title = l10n.t('Roll Out in Stages…');
    const image = imageOf(row) ?? (await pickReadyImage(context, title));
    if (image?.state.kind !== 'ready') return;
    const { registry } = await context.boards.openAll();
    const known = registry.rollOuts.get(image.id, image.state.buildId);
    const isUnderWay = known !== undefined && known.state.kind !== 'finished';
    const choices = isUnderWay ? await stepsOf(known, context) : startsOf(image.id, image.state.buildId, context);
    const placeHolder = isUnderWay
      ? withProgress(rollOutText(known, l10n), registry.rollOuts.progressOf(known), l10n)
      : l10n.t('The stages: the next one opens when all boards of a stage have reported the build');
    const choice = await pick(choices, (choice) => choice, { title, placeHolder, none: '' });
    if (choice === undefined) return;
    const shown = { image: image.id, build: image.state.buildId, ...(known && { state: known.state }) };
    await requireAsShown(shown, registry, context);
    await choice.run();
  },
};

/** @throws UserError where a build is not what was shown any more: the list may have been open for long */
async function requireAsShown(shown: Shown, { rollOuts }: BoardRegistry, { project }: CommandContext): Promise<void> {
  await project.refresh(false);
  const found = since(shown, { rollOuts, newest: buildIdOf(project.snapshot.byId.get(shown.image)) });
  if (found.kind !== 'same') throw new UserError(notAsShownText(shown, found, vscode.l10n));
}

/** In what stages it can go out. */
function startsOf(image: string, build: string, { boards, builds, settings }: CommandContext): Choice[] {
  const { l10n } = vscode;
  const start = (label: string, description: string, stages: readonly Stage[]): Choice => ({
    label,
    description,
    async run() {
      const parts = { acts: await boards.acts(), builds: await builds.open() };
      startRollOut(image, build, { stages, ...waitOf(settings.rollOutWait.get()), ...parts });
    },
  });
  const [one, tenth, all] = [{ kind: 'boards', count: 1 }, { kind: 'percent', percent: 10 }, { kind: 'all' }] as const;
  return [
    start(l10n.t('1 board, then all'), l10n.t('those tagged canary first, if there are any'), [one, all]),
    start(l10n.t('1 board, 10 %, then all'), '', [one, tenth, all]),
  ];
}

/** What can be done about one that is under way. */
async function stepsOf(known: RollOut, { boards, builds }: CommandContext): Promise<Choice[]> {
  const { l10n } = vscode;
  const acts = await boards.acts();
  const kept = await builds.open();
  const { image, build, former } = known;
  const isHalted = known.state.kind === 'halted';
  const goOn: Choice = {
    label: l10n.t('Continue'),
    description: l10n.t('boards that failed so far are not waited for'),
    run: () => acts.continueRollOut(image, build),
  };
  const halt: Choice = {
    label: l10n.t('Halt'),
    description: l10n.t('boards that have not got it keep what they run'),
    run: () => acts.haltRollOut(image, build),
  };
  const finish: Choice = {
    label: l10n.t('Finish'),
    description: l10n.t('all boards get it'),
    run: () => acts.finishRollOut(image, build),
  };
  const back: Choice = {
    label: l10n.t('Go Back'),
    description: l10n.t('all boards get the build before, those that took the new one, too'),
    run: async () => {
      const done = await goBack(known, { acts, builds: kept, by: userName() });
      if (done === 'not kept') await vscode.window.showWarningMessage(plainMessage(notKeptText(known, l10n)));
    },
  };
  const canGoBack = former !== undefined && kept?.find({ imageId: image, buildId: former }) !== undefined;
  return [isHalted ? goOn : halt, ...(canGoBack ? [back] : []), finish];
}
