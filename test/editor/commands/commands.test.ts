import { deepEqual, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import '../window.ts';

const { COMMANDS } = await import('../../../src/editor/commands/commands.ts');

suite('the list of commands', () => {
  test('has each command of the manifest once, and no other', () => {
    const declared = manifest.contributes.commands.map(({ command }) => command);
    deepEqual(COMMANDS.map(({ id }) => id).sort(), declared.sort());
  });

  test('has none that acts on one board and is offered on several', () => {
    const entries = manifest.contributes.menus['view/item/context'].filter(
      // what stands in a row acts on that row
      ({ when, group }) => when.includes('view == mkbox.boards') && !group.startsWith('inline'),
    );
    const takesSeveral = (command: string) => COMMANDS.some(({ id, run }) => id === command && run.length === 3);
    const onlyForOne = entries.filter(({ when }) => when.includes('!listMultiSelection'));
    ok(onlyForOne.length > 0 && entries.length > onlyForOne.length);
    for (const { command } of entries.filter((entry) => !onlyForOne.includes(entry)))
      ok(takesSeveral(command), command);
  });
});
