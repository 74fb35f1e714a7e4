import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { inputSchema } from '../../src/tools/tool.ts';
import { TOOLS } from '../../src/tools/tools.ts';

const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const texts = JSON.parse(await readFile(new URL('../../package.nls.json', import.meta.url), 'utf8'));

suite('the tools for language models, in the manifest', () => {
  test('are those that the command has', () => {
    deepEqual(
      manifest.contributes.languageModelTools.map(({ name }: { name: string }) => name),
      TOOLS.map(({ name }) => `mkbox_${name}`),
    );
  });

  for (const [index, tool] of TOOLS.entries()) {
    test(`say the same of ${tool.name} to a model, and its title to people`, () => {
      const { modelDescription, inputSchema: schema, displayName } = manifest.contributes.languageModelTools[index];
      equal(modelDescription, tool.description);
      deepEqual(schema, inputSchema(tool));
      equal(texts[displayName.slice(1, -1)], tool.title);
      ok(texts[`tool.${tool.name}.description`]);
    });
  }
});
