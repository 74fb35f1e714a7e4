import * as vscode from 'vscode';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import type { Boards } from '../serving/boards.ts';
import type { Serving } from '../serving/serving.ts';
import { keptBuildText } from '../words/earlier-words.ts';
import { judgedImage, type Surroundings } from '../words/image-health.ts';
import { unpackedDescription } from '../words/image-words.ts';
import { keyOf } from './drawn-rows.ts';
import { imageNotes } from './image-notes.ts';
import { type ImagesNode, shownOf } from './image-rows.ts';
import { type ImagesTree, lookOfBox, seenBuild } from './images-tree.ts';
import { rowNow } from './row-now.ts';

/** What decides what is shown in the rows of images. */
export interface ShownParts extends ImagesTree {
  readonly serving: Serving;
  readonly boards: Boards;
  readonly builds: EarlierBuilds;
}

/** Everything shown in a row of the view of images, and of the rows below it that it decides, as a key. */
export function shownInRow(drawn: ImagesNode, parts: ShownParts, surroundings: Surroundings): string {
  const nowMs = Date.now();
  const row = rowNow(drawn, surroundings.snapshot);
  switch (row.kind) {
    case 'box':
      return keyOf(lookOfBox(row.box, parts));
    case 'image': {
      const earlier = parts.builds.before(row.image).map(({ buildId }) => buildId);
      const image = shownOf(judgedImage(row.image, surroundings), nowMs);
      return keyOf([buildingText(row, parts), imageNotes(row.image, parts), image, earlier]);
    }
    case 'unpacked': {
      const image = unpackedDescription(row.image, nowMs, vscode.l10n, vscode.env.language);
      return keyOf([buildingText(row, parts), image]);
    }
    case 'possible':
      return buildingText(row, parts) ?? '';
    case 'build':
      return keptBuildText(seenBuild(row.build, parts), nowMs, vscode.l10n, vscode.env.language);
    default:
      return '';
  }
}

function buildingText(
  { image }: Extract<ImagesNode, { kind: 'image' | 'unpacked' | 'possible' }>,
  { building }: Pick<ShownParts, 'building'>,
): string | undefined {
  return building.current?.noteOf(image)?.text;
}
