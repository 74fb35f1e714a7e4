import * as vscode from 'vscode';
import type { ModelAnswers } from './model-answers.ts';

/** Offers the tools of the manifest to language models. What answers them is loaded when one is called. */
export function registerModelTools(
  names: readonly string[],
  answers: () => Promise<Pick<ModelAnswers, 'answer'>>,
): vscode.Disposable {
  const { lm, Disposable } = vscode;
  const offer = (name: string) =>
    lm.registerTool<object>(name, {
      invoke: async ({ input }, token) => (await answers()).answer(name, input, token),
    });
  return Disposable.from(...names.map(offer));
}
