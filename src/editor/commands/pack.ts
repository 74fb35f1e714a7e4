import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { buildIdInside, readRawImage } from '../../contents/raw-image.ts';
import { parseBuildId } from '../../images/build-id.ts';
import type { CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import { type PackResult, packImage } from '../../images/packing/pack.ts';
import { untilCancelled } from '../until-cancelled.ts';
import { packChoices, packReason } from '../words/pack-choices.ts';
import { plainMessage } from '../words/plain-message.ts';
import { bytesText, progressText } from '../words/words.ts';
import type { Project } from '../workspace/project.ts';
import type { Command } from './command.ts';
import { pick } from './pick.ts';
import { packableOf } from './rows.ts';

/** An image of which there is a raw file. */
type RawImage = CatalogImage | UnpackedImage;

/** Raw files that are being packed. */
const running = new Set<string>();

/** Makes a full set of the row's raw image, or of the one that the user picks; of each once at a time. */
export const pack: Command = {
  id: 'mkbox.pack',
  async run({ project, log }, row) {
    const { l10n, window } = vscode;
    const chosen = packableOf(row) ?? (await pickRawImage(project));
    if (chosen === undefined) return;
    // a box's folder may be a link to another's
    const folder = await realpath(chosen.folder).catch(() => chosen.folder);
    const file = path.join(folder, chosen.image);
    if (running.has(file)) {
      void window.showInformationMessage(plainMessage(l10n.t('mkbox: {0} is being packed already.', chosen.image)));
      return;
    }
    running.add(file);
    try {
      const given = await askBuildId(chosen);
      if (given !== 'cancelled') await packWithProgress(chosen, given, log);
    } finally {
      running.delete(file);
      await project.refresh(true);
    }
  },
};

async function pickRawImage({ snapshot }: Project): Promise<RawImage | undefined> {
  const { l10n } = vscode;
  const choice = await pick(
    packChoices(snapshot),
    (it) => ({ label: it.image.image, description: `${it.image.box} · ${packReason(it, l10n)}` }),
    {
      title: l10n.t('Pack Image'),
      placeHolder: l10n.t('The image'),
      none: l10n.t('mkbox: there is no raw image, <image>.img, to pack.'),
    },
  );
  return choice?.image;
}

async function packWithProgress(
  { id, folder, image }: RawImage,
  buildId: string | undefined,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const { l10n, window, env, ProgressLocation } = vscode;
  const title = plainMessage(l10n.t('mkbox: packing {0}', image));
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  const result = await window.withProgress(options, (progress, token) => {
    let doneBytes = 0;
    const onProgress = (bytes: number, totalBytes: number) => {
      const increment = (100 * (bytes - doneBytes)) / Math.max(1, totalBytes);
      doneBytes = bytes;
      progress.report({ message: progressText(bytes, totalBytes, l10n, env.language), increment });
    };
    return untilCancelled(token, (signal) =>
      packImage({ folder, image, readBuildId: buildIdInside, buildId, onProgress, signal }),
    );
  });
  if (result === undefined) log.info(`packing ${id} was cancelled: nothing was changed`);
  else tellPacked(id, result, log);
}

function tellPacked(id: string, result: PackResult, log: vscode.LogOutputChannel): void {
  const { image, buildId, rawBytes, zstBytes, checksums } = result;
  log.info(`packed ${id}: ${zstBytes} bytes of ${rawBytes}, build ${buildId}, SHA-256 ${checksums.zst}`);
  const { l10n, window, env } = vscode;
  const [packed, raw] = [bytesText(zstBytes, env.language), bytesText(rawBytes, env.language)];
  window.setStatusBarMessage(l10n.t('mkbox: {0} is packed: {1} of {2}', image, packed, raw), 5_000);
}

/** Asks for the build ID of an image that says none inside; undefined where it says one. */
async function askBuildId({ root, folder, image }: RawImage): Promise<string | undefined | 'cancelled'> {
  const { l10n, window } = vscode;
  const inside = await readRawImage({ root, folder, image });
  if (inside?.boardConf?.buildId !== undefined) return undefined;
  const given = await window.showInputBox({
    title: l10n.t('Pack Image'),
    prompt: plainMessage(l10n.t('The build ID that boards running {0} report: none can be read from inside it', image)),
    placeHolder: '0123456789abcdef…',
    ignoreFocusOut: true,
    validateInput: (text) => (parseBuildId(text) === text ? undefined : l10n.t('64 hexadecimal digits')),
  });
  return given ?? 'cancelled';
}
