import { constants, copyFile, readFile, rm } from 'node:fs/promises';
import { array, exactOptional, type InferOutput, is, number, object, picklist, string, unknown } from 'valibot';
import { codeText } from '../code-text.ts';
import { systemErrorCode } from '../errors.ts';
import { replaceFile } from '../replace-file.ts';
import { type OnMessage, tell } from '../words.ts';
import { imageFolderOf, isBuildId } from './kept-build.ts';

/** The version of the file's format; others are not read. */
const FORMAT = 1;

const fileSchema = object({ format: picklist([FORMAT]), choices: array(unknown()) });
const choiceSchema = object({
  /** `<box>/<image>`. */
  image: string(),
  build: string(),
  /** Who chose it. */
  by: string(),
  /** Milliseconds since 1970. */
  atMs: number(),
  why: exactOptional(string()),
});

/** That a build of an image is served in place of its newest one. */
export type Choice = InferOutput<typeof choiceSchema>;

/**
 * Reads the choices that are kept in a file; none where there is no file. A damaged file is set aside, what is whole of it is
 * used, and `onMessage` is told: boards may get a build that someone did not want.
 * @throws system errors where it can't be read: then it must not be overwritten
 */
export async function readChoices(filePath: string, onMessage: OnMessage): Promise<Map<string, Choice>> {
  let text: string;
  try {
    text = await readFile(filePath, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return new Map();
    throw error;
  }
  const entries = entriesIn(text);
  const choices = entries?.filter(isChoice) ?? [];
  if (entries === undefined || choices.length < entries.length) await setAside(filePath, choices, onMessage);
  return new Map(choices.map((choice) => [choice.image, choice]));
}

/** Replaces the file; readers find the old choices or the new ones. @throws system errors */
export async function writeChoices(filePath: string, choices: Iterable<Choice>): Promise<void> {
  await replaceFile(filePath, [`${JSON.stringify({ format: FORMAT, choices: [...choices] }, undefined, 2)}\n`]);
}

function entriesIn(text: string): readonly unknown[] | undefined {
  try {
    const file: unknown = JSON.parse(text);
    return is(fileSchema, file) ? file.choices : undefined;
  } catch {
    return undefined;
  }
}

function isChoice(entry: unknown): entry is Choice {
  return is(choiceSchema, entry) && isBuildId(entry.build) && imageFolderOf('', entry.image) !== undefined;
}

async function setAside(filePath: string, whole: readonly Choice[], onMessage: OnMessage): Promise<void> {
  const aside = `${filePath}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
  try {
    await copyFile(filePath, aside, constants.COPYFILE_EXCL);
    try {
      await writeChoices(filePath, whole); // until then the file stays: without one, boards would get the newest builds
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
    tell(onMessage, (words) =>
      words.t(
        '{0}, which tells what builds to serve again, is damaged: it was set aside as {1}; check what each image serves',
        filePath,
        aside,
      ),
    );
  } catch (error) {
    const code = systemErrorCode(error) ?? String(error);
    tell(onMessage, (words) =>
      words.t(
        "{0}, which tells what builds to serve again, is damaged, and can't be set aside ({1}); check what each image serves",
        filePath,
        codeText(code, words),
      ),
    );
  }
}
