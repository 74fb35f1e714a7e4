import * as vscode from 'vscode';
import { failedPackages } from '../../boxbuild/build-errors.ts';
import type { BuildWish } from '../../boxbuild/order.ts';
import { type Place, placeOfPackage } from '../../boxbuild/places.ts';
import { chainOfBuild } from './chain-of-build.ts';

interface PackageLink extends vscode.TerminalLink {
  readonly place: Place;
}

/** Leads from apk's errors in a terminal to where the BOXBUILD of a failed build names the package. */
export function packageLinks(lastFailed: () => BuildWish | undefined): vscode.TerminalLinkProvider<PackageLink> {
  return {
    async provideTerminalLinks({ line }) {
      const wish = lastFailed();
      const packages = failedPackages(line);
      if (wish === undefined || packages.length === 0) return [];
      const links = packages.map(async ({ start, name }) => {
        const place = placeOfPackage(await chainOfBuild(wish), name);
        const tooltip = vscode.l10n.t('Open the BOXBUILD where it names {0}', name);
        return place && { startIndex: start, length: name.length, tooltip, place };
      });
      return (await Promise.all(links)).filter((link) => link !== undefined);
    },
    async handleTerminalLink({ place: { boxbuild, start, end } }) {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(boxbuild));
      const selection = new vscode.Range(document.positionAt(start), document.positionAt(end));
      await vscode.window.showTextDocument(document, { selection });
    },
  };
}
