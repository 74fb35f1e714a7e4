import { deepEqual, equal, ok } from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** A call for a text: `l10n.t('…'`, `words.t("…"`, over several lines too; what is behind the bracket is captured. */
const CALL = /\b(?:l10n|words)\.t\(\s*/g;
/** A string literal at the begin, without its quotes. */
const LITERAL = /^(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/;

type Bundle = Readonly<Record<string, string>>;

async function readJson(file: string): Promise<Bundle> {
  return JSON.parse(await readFile(path.join(PROJECT, file), 'utf8'));
}

/** The texts that `source` asks for, and the calls that give no literal. */
function textsIn(source: string): { texts: string[]; others: string[] } {
  const texts: string[] = [];
  const others: string[] = [];
  for (const call of source.matchAll(CALL)) {
    const behind = source.slice(call.index + call[0].length);
    const [literal, single, double] = LITERAL.exec(behind) ?? [];
    const text = single ?? double;
    if (literal === undefined || text === undefined) others.push(behind.slice(0, 60));
    else texts.push(text.replace(/\\(.)/g, '$1'));
  }
  return { texts, others };
}

function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\d+\}/g))].sort();
}

suite('the texts of the editor', () => {
  const used = new Set<string>();
  const others: string[] = [];
  let german: Bundle = {};

  before(async () => {
    for (const file of globSync('src/**/*.ts', { cwd: PROJECT })) {
      const found = textsIn(await readFile(path.join(PROJECT, file), 'utf8'));
      for (const text of found.texts) used.add(text);
      others.push(...found.others.map((call) => `${file}: ${call}`));
    }
    german = await readJson('l10n/bundle.l10n.de.json');
  });

  test('are found in the sources', () => ok(used.size > 50, `only ${used.size} were found`));

  test('are literals, so that they can be collected', () => deepEqual(others, []));

  test('all have a German translation', () => {
    deepEqual(
      [...used].filter((text) => !german[text]),
      [],
    );
  });

  test('are all that is translated', () => {
    deepEqual(
      Object.keys(german).filter((text) => !used.has(text)),
      [],
    );
  });

  test('have the same placeholders in German', () => {
    const differ = Object.entries(german).filter(([text, translation]) => {
      return placeholders(text).join() !== placeholders(translation).join();
    });
    deepEqual(differ, []);
  });

  test('say in German of a board on hold, behind its name too, that it gets no updates', () => {
    const held = Object.entries(german).filter(([text]) => text.startsWith('gets no updates'));
    ok(held.length > 0);
    for (const [, translation] of held) ok(translation.startsWith('bekommt keine Updates, bis'), translation);
  });

  test('have one German word for flashing, and one for who is turned away', async () => {
    const inManifest = await readJson('package.nls.de.json');
    const others = [...Object.values(german), ...Object.values(inManifest)].filter((text) =>
      /neu beschreib|beschreibt sich|abgelehnt/.test(text),
    );
    deepEqual(others, []);
  });

  test('number their placeholders from 0 without a gap', () => {
    const odd = [...used].filter((text) => placeholders(text).some((mark, index) => mark !== `{${index}}`));
    deepEqual(odd, []);
  });
});

suite('the texts of the manifest', () => {
  let english: Bundle = {};
  let german: Bundle = {};
  let manifest = '';
  before(async () => {
    [english, german] = await Promise.all([readJson('package.nls.json'), readJson('package.nls.de.json')]);
    manifest = await readFile(path.join(PROJECT, 'package.json'), 'utf8');
  });

  test('are the same ones in English and German', () => {
    deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
  });

  test('are those that package.json asks for', () => {
    const asked = new Set(Array.from(manifest.matchAll(/"%([^%"]+)%"/g), ([, key]) => key));
    deepEqual([...asked].sort(), Object.keys(english).sort());
  });

  test('are none of them empty', () => {
    for (const [key, text] of Object.entries({ ...english, ...german })) ok(text.trim() !== '', key);
  });

  test('hold no backticks where VS Code shows them as such: in welcome views and titles', () => {
    for (const [key, text] of Object.entries({ ...english, ...german })) {
      if (!key.startsWith('setting.')) equal(text.includes('`'), false, key);
    }
  });

  test('lead to the same commands, settings and pages in both languages', () => {
    const links = (text = '') => text.match(/\]\([^)]*\)|`mkbox\.[^`]*`|#[\w.]+#/g)?.sort() ?? [];
    for (const [key, text] of Object.entries(english)) deepEqual(links(german[key]), links(text), key);
  });

  test('name every text in the manifest itself by a key', () => {
    const { contributes } = JSON.parse(manifest);
    for (const { command, title } of contributes.commands) equal(/^%[\w.]+%$/.test(title), true, command);
  });
});
