/** A window in another language than English. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes VS Code find a language pack that says nothing: its own sentences stay English, an extension's are those of
 * the language. The packs that there are come from a gallery that tests don't reach. The file is what VS Code itself
 * writes when a pack is installed (`nativeLanguagePacks` in its sources).
 */
export async function writeLanguagePack(userData: string, language: string): Promise<void> {
  const translations = path.join(userData, 'nothing.i18n.json');
  const pack = {
    hash: 'nothing',
    label: language,
    extensions: [{ extensionIdentifier: { id: `acme.language-pack-${language}` }, version: '1.0.0' }],
    translations: { vscode: translations },
  };
  await mkdir(userData, { recursive: true });
  await writeFile(translations, JSON.stringify({ version: '1.0.0', contents: {} }));
  await writeFile(path.join(userData, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}
