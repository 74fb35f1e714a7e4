import * as vscode from 'vscode';
import type { KeptBuild } from '../../builds/kept-build.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { buildIdOf } from '../../images/image-state.ts';
import type { Source } from '../changes/comparison.ts';
import { plainMessage } from '../words/plain-message.ts';
import { ageText } from '../words/words.ts';
import type { Command, CommandContext } from './command.ts';
import { buildOf } from './earlier-build.ts';
import { pick } from './pick.ts';
import { isReady, pickReadyImage } from './pick-image.ts';
import { imageOf } from './rows.ts';

/** Shows what differs between the row's image and a build that the user picks: an image, or one whose inventory is kept. */
export const compareWith: Command = {
  id: 'mkbox.compareWith',
  async run(context, row) {
    const title = vscode.l10n.t('Compare');
    const build = buildOf(row);
    if (build !== undefined) return compareBuild(build, context);
    const image = imageOf(row) ?? (await pickReadyImage(context, title));
    const other = image && (await pickOther(image, context));
    if (image === undefined || other === undefined) return;
    await (await context.changes()).compare(other, { kind: 'image', image });
  },
};

/** Shows what differs between a kept build and a newer one that the user picks: the newest of its image stands first. */
async function compareBuild(build: KeptBuild, context: CommandContext): Promise<void> {
  const { l10n } = vscode;
  const ready = context.project.snapshot.images.filter(isReady);
  const others = [...ready.filter(({ id }) => id === build.id), ...ready.filter(({ id }) => id !== build.id)];
  const question = {
    title: l10n.t('Compare {0} With', shortBuildId(build.buildId)),
    placeHolder: l10n.t('The newer build'),
    none: noOtherText(),
  };
  const other = await pick(others, ({ image, box }) => ({ label: image, description: box }), question);
  if (other !== undefined)
    await (await context.changes()).compare({ kind: 'image', image: build }, { kind: 'image', image: other });
}

/** Notes the row's image: the next one is compared with it. */
export const selectForCompare: Command = {
  id: 'mkbox.selectForCompare',
  actsOn: (row) => imageOf(row) !== undefined,
  async run(context, row) {
    const image = imageOf(row);
    if (image !== undefined) (await context.changes()).select(image);
  },
};

/** Shows what differs in the row's image from the one that was selected. */
export const compareWithSelected: Command = {
  id: 'mkbox.compareWithSelected',
  actsOn: (row) => imageOf(row) !== undefined,
  async run(context, row) {
    const changes = await context.changes();
    const [before, image] = [changes.selected, imageOf(row)];
    if (before === undefined || image === undefined) return;
    await changes.compare({ kind: 'image', image: before }, { kind: 'image', image });
  },
};

function noOtherText(): string {
  return vscode.l10n.t('mkbox: there is no other build to compare with.');
}

/** A build to compare with. */
interface SourceItem extends vscode.QuickPickItem {
  readonly source?: Source;
}

async function pickOther(image: CatalogImage, context: CommandContext): Promise<Source | undefined> {
  const { l10n, window, QuickPickItemKind } = vscode;
  const { snapshot } = context.project;
  const others = snapshot.images.filter((other) => isReady(other) && other !== image);
  const kept = await keptItems(context);
  const items: SourceItem[] = [
    ...others.map((other) => ({
      label: other.image,
      description: [other.box, ...(other.state.kind === 'ready' ? [shortBuildId(other.state.buildId)] : [])].join(
        ' · ',
      ),
      source: { kind: 'image', image: other } as const,
    })),
    ...(kept.length === 0 ? [] : [{ label: l10n.t('Earlier builds'), kind: QuickPickItemKind.Separator }, ...kept]),
  ];
  if (items.length === 0) {
    void window.showInformationMessage(plainMessage(noOtherText()));
    return undefined;
  }
  const options = { title: l10n.t('Compare {0} With', image.image), placeHolder: l10n.t('The older build') };
  return (await window.showQuickPick(items, { ...options, matchOnDescription: true }))?.source;
}

/** Builds whose images are gone. Their names are known where a board got them. */
async function keptItems({ project, boards, changes }: CommandContext): Promise<SourceItem[]> {
  const { inventories } = await changes();
  const { images } = project.snapshot;
  const present = new Set(images.map(buildIdOf));
  const given = new Map(
    boards.list.flatMap(({ history }) => history.map(({ build, image }) => [build, image] as const)),
  );
  const gone = (await inventories.list()).filter(({ buildId }) => !present.has(buildId));
  return gone.map(({ buildId, usedAtMs }) => ({
    label: shortBuildId(buildId),
    description: [given.get(buildId), ageText(usedAtMs, Date.now(), vscode.env.language)].filter(Boolean).join(' · '),
    source: { kind: 'kept', buildId } as const,
  }));
}
