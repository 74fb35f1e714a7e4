import * as vscode from 'vscode';
import { idsOf, knownBoards } from '../known-boards.ts';
import { tagsIn, tagsProblem } from '../words/typed-text.ts';
import { chooseBoards } from './choose-boards.ts';
import type { Command } from './command.ts';

/** Asks for the tags of boards; of several boards, for those that all of them have. */
export const tagBoard: Command = {
  id: 'mkbox.tagBoard',
  async run(context, row, selected) {
    const { l10n, window } = vscode;
    const title = l10n.t('Tag Board…');
    const boards = await chooseBoards(context, { row, selected, title });
    if (boards.length === 0) return;
    const present = boards.map(({ tags = [] }) => tags);
    const [first = []] = present;
    const common = first.filter((tag) => present.every((tags) => tags.includes(tag)));
    const others = present.map((tags) => tags.filter((tag) => !common.includes(tag)));
    const text = await window.showInputBox({
      title,
      prompt: l10n.t('Tags with commas between them; commands can then be used on all boards of a tag'),
      value: common.join(', '),
      validateInput: (typed) => tagsProblem(tagsIn(typed), others, l10n),
    });
    if (text === undefined) return;
    const tags = tagsIn(text);
    const remove = common.filter((tag) => !tags.includes(tag));
    const add = tags.filter((tag) => !common.includes(tag));
    if (add.length + remove.length === 0) return;
    const { registry, acts } = await context.boards.openAll();
    acts.tag(idsOf(knownBoards(boards, registry)), { add, remove });
  },
};
