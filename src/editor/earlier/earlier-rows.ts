import * as vscode from 'vscode';
import { shortBuildId } from '../../images/build-id.ts';
import { keptBuildText, type SeenBuild } from '../words/earlier-words.ts';
import type { EarlierNode } from './earlier-node.ts';

/** The row that an image's kept builds stand below. */
export function earlierItem({ image, builds }: Extract<EarlierNode, { kind: 'earlier' }>): vscode.TreeItem {
  const { l10n } = vscode;
  const item = new vscode.TreeItem(l10n.t('Earlier Builds'), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${image.folder}/${image.image}\0earlier`;
  item.description = String(builds.length);
  item.iconPath = new vscode.ThemeIcon('history');
  item.accessibilityInformation = { label: l10n.t('Earlier builds of {0}: {1}', image.image, builds.length) };
  return item;
}

/** The row of a kept build. */
export function keptBuildItem(seen: SeenBuild): vscode.TreeItem {
  const { l10n, env } = vscode;
  const { build, isServed } = seen;
  const item = new vscode.TreeItem(shortBuildId(build.buildId));
  item.id = build.folder;
  item.description = keptBuildText(seen, Date.now(), l10n, env.language);
  item.iconPath = isServed
    ? new vscode.ThemeIcon('debug-step-back', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon('archive');
  item.contextValue = isServed ? 'build served' : 'build kept';
  item.tooltip = `${build.buildId}\n${item.description}`;
  item.accessibilityInformation = { label: l10n.t('build {0}, {1}', shortBuildId(build.buildId), item.description) };
  return item;
}
