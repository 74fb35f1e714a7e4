import * as vscode from 'vscode';
import { readChain } from '../../boxbuild/chain.ts';
import { findBases } from '../../boxbuild/layout.ts';
import type { BuildWish } from '../../boxbuild/order.ts';
import { type PackagePlace, placeOfPackage } from '../../boxbuild/package-place.ts';
import { EDITOR_FILES } from './editor-files.ts';

/** What apk says of packages that it can't install: `foo (no such package)`, `required by: world[foo]`. */
const NAMED = /(?<=^\s+)[^\s(]+(?= \(no such package\))|(?<=\bworld\[)[^\]\s]+(?=\])/g;

interface PackageLink extends vscode.TerminalLink {
  readonly place: PackagePlace;
}

/** Leads from apk's errors in a terminal to where the BOXBUILD of a failed build names the package. */
export function packageLinks(lastFailed: () => BuildWish | undefined): vscode.TerminalLinkProvider<PackageLink> {
  return {
    async provideTerminalLinks({ line }) {
      const wish = lastFailed();
      const names = [...line.matchAll(NAMED)];
      if (wish === undefined || names.length === 0) return [];
      const links = names.map(async ({ index, 0: name }) => {
        const place = await placeFor(wish, name);
        const tooltip = vscode.l10n.t('Open the BOXBUILD where it names {0}', name);
        return place && { startIndex: index, length: name.length, tooltip, place };
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

async function placeFor({ boxbuild, board }: BuildWish, name: string): Promise<PackagePlace | undefined> {
  const text = (await EDITOR_FILES.read(boxbuild)) ?? '';
  const bases = await findBases(boxbuild, EDITOR_FILES);
  return placeOfPackage(await readChain(boxbuild, text, board, bases, EDITOR_FILES), name);
}
