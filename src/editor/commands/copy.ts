import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { nextImage } from '../../boards/next-image.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { isPublishableName } from '../../images/image-name.ts';
import type { ImageParts } from '../../images/image-parts.ts';
import type { Serving } from '../serving/serving.ts';
import { dnsTxtRecords, normalizeMac, shellQuote, updatePath, updateTxt } from '../words/board-pointers.ts';
import type { Project } from '../workspace/project.ts';
import { endpointToAsk } from './endpoint-to-ask.ts';
import { partsOf, pickImage } from './pick-image.ts';

/** The commands that put what boards need on the clipboard. */
export class CopyCommands {
  readonly #project: Project;
  readonly #serving: Serving;
  readonly #checks: ImageChecks;

  constructor(project: Project, serving: Serving, checks: ImageChecks) {
    this.#project = project;
    this.#serving = serving;
    this.#checks = checks;
  }

  /** The URL of the server, or of the request by which a board gets `image`. */
  async updateUrl(image?: CatalogImage): Promise<void> {
    const url = await this.#serverUrl();
    if (url === undefined) return;
    await copy(image === undefined ? url : url + updatePath(this.#partsOf(image)));
  }

  /** The command that shows what a board would get. */
  async curl(image?: CatalogImage): Promise<void> {
    const url = await this.#serverUrl();
    const chosen = image ?? (url && (await this.#pick(vscode.l10n.t('Copy curl Command'))));
    if (url === undefined || !chosen) return;
    await copy(`curl ${shellQuote(url + updatePath(this.#partsOf(chosen)))} | tar -tv`);
  }

  /** The file that makes a board ask here, for its boot partition. */
  async updateTxt(image?: CatalogImage): Promise<void> {
    const url = await this.#serverUrl();
    const chosen = image ?? (url && (await this.#pick(vscode.l10n.t('Copy update.txt for a Board'))));
    if (url === undefined || !chosen) return;
    await copy(updateTxt(url, this.#partsOf(chosen)));
  }

  /** The same for a board that asked already: it goes on asking for what it asks for now. */
  async updateTxtFor(board: Board): Promise<void> {
    const parts = this.#partsFor(board);
    if (parts === undefined) return this.updateTxt();
    const url = await this.#serverUrl();
    if (url !== undefined) await copy(updateTxt(url, parts));
  }

  /** The DNS records that make a board ask here. */
  async dnsTxt(image?: CatalogImage): Promise<void> {
    const url = await this.#serverUrl();
    const chosen = image ?? (url && (await this.#pick(vscode.l10n.t('Copy DNS TXT Records'))));
    if (url === undefined || !chosen) return;
    await this.#copyDnsTxt(url, this.#partsOf(chosen), undefined);
  }

  /** The same for a board that asked already; its MAC is asked for only where this machine does not know it. */
  async dnsTxtFor(board: Board): Promise<void> {
    const parts = this.#partsFor(board);
    if (parts === undefined) return this.dnsTxt();
    const url = await this.#serverUrl();
    if (url !== undefined) await this.#copyDnsTxt(url, parts, board.mac);
  }

  async #copyDnsTxt(url: string, parts: ImageParts, knownMac: string | undefined): Promise<void> {
    const { l10n, window } = vscode;
    const title = l10n.t('Copy DNS TXT Records');
    const mac =
      knownMac ??
      (await window.showInputBox({
        title,
        prompt: l10n.t("The board's MAC address"),
        placeHolder: '00:1e:06:12:34:56',
        validateInput: (text) =>
          normalizeMac(text) === undefined ? l10n.t('Twelve hexadecimal digits, as in 00:1e:06:12:34:56') : undefined,
      }));
    if (mac === undefined) return;
    const domain = await window.showInputBox({
      title,
      prompt: l10n.t('The domain that the board is given by DHCP'),
      placeHolder: 'lab.example.org',
      validateInput: (text) => (/^[a-z0-9.-]+$/i.test(text) ? undefined : l10n.t('A domain, as in lab.example.org')),
    });
    if (domain === undefined) return;
    await copy(dnsTxtRecords(url, parts, mac, domain));
  }

  /** The parts that a board asks by; undefined where neither it nor its image tells. */
  #partsFor(board: Board): ImageParts | undefined {
    const { box, board: kind, branch, version } = board.wish;
    const isPlain = [box, kind, branch, version].every((part) => part === undefined || isPlainName(part));
    if (box === undefined || kind === undefined || !isPlain) {
      const image = nextImage(board, this.#project.snapshot)?.image;
      return image && this.#partsOf(image);
    }
    return { box, board: kind, ...(branch !== undefined && { branch }), ...(version !== undefined && { version }) };
  }

  #pick(title: string): Promise<CatalogImage | undefined> {
    return pickImage(this.#project, this.#checks, title);
  }

  #partsOf(image: CatalogImage): ImageParts {
    return partsOf(image, this.#project, this.#checks);
  }

  /** The server's URL; where boards could not use it, the user is told, and asked. */
  async #serverUrl(): Promise<string | undefined> {
    const endpoint = await endpointToAsk(this.#serving);
    if (endpoint !== undefined && !endpoint.onNetwork) {
      const message = vscode.l10n.t('mkbox: only this machine can reach {0}', endpoint.url);
      vscode.window.setStatusBarMessage(message, 5_000);
    }
    return endpoint?.url;
  }
}

/** Anyone can ask by any name: line ends and quotes would be more than a name in what is copied. */
function isPlainName(part: string): boolean {
  return isPublishableName(part) && !part.includes('"');
}

/** Puts `text` on the clipboard, and shows its first line for a moment. */
export async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  const [firstLine = ''] = text.split('\n', 1);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', firstLine), 4_000);
}
