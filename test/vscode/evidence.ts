/** What is left of a test that failed. */
import type { VSCode } from './vscode.ts';

/**
 * Keeps a picture of the window and all logs below `test-results/` when a test failed.
 *
 * @example afterEach((t) => keepEvidenceOfFailure(t, vscode));
 */
export async function keepEvidenceOfFailure(test: { name: string }, vscode: VSCode | undefined): Promise<void> {
  // The test runner has told since Node 22 whether a test passed; its types do not know yet.
  if ('passed' in test && test.passed === false) {
    await vscode?.keepEvidence(test.name);
    await vscode?.page.keyboard.press('Escape'); // a dialog left open would fail every test after this one
  }
}
