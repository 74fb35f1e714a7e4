import { deepEqual } from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { suite, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };

// the commands ask the editor for nothing until one of them runs
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode' ? { url: 'data:text/javascript,', shortCircuit: true } : next(specifier, context),
});
const { COMMANDS } = await import('../../../src/editor/commands/commands.ts');

suite('the list of commands', () => {
  test('has each command of the manifest once, and no other', () => {
    const declared = manifest.contributes.commands.map(({ command }) => command);
    deepEqual(COMMANDS.map(({ id }) => id).sort(), declared.sort());
  });
});
