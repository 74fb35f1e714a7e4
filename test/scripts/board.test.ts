import { equal, match } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { suite, test } from 'node:test';
import { DEMO_BOXES } from '../board/demo-boxes.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { PROJECT_ROOT } from '../vscode/cache.ts';

/** Runs the script as `npm run board` does, and answers all it prints, and its exit status. */
function boardAt(port: string, ...args: string[]): Promise<{ status: unknown; output: string }> {
  const script = path.join(PROJECT_ROOT, 'scripts/board.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { ...process.env, PORT: port } }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
    );
  });
}

suite('npm run board', () => {
  test('boots a board twice, which then runs the new build', async () => {
    await using server = await startUpdateServer({ imagePath: DEMO_BOXES });
    const { status, output } = await boardAt(new URL(server.url).port);
    match(output, /^First boot:\n[\s\S]*\nSecond boot, from what it flashed:\n[\s\S]*shows it as confirmed\.\n$/);
    equal(status, 0);
    match(server.lines().at(-1) ?? '', /: up to date$/);
  });

  test('says where a board that gets nothing is explained', async () => {
    await using server = await startUpdateServer({ imagePath: DEMO_BOXES });
    const { status, output } = await boardAt(new URL(server.url).port, 'name=no-box&board=odroid-c4');
    match(output, /It got no image\. The view Boards says why\.\n$/);
    equal(status, 1);
  });

  test('says that nothing is served', async () => {
    const { status, output } = await boardAt('1');
    match(
      output,
      /^Nothing serves at http:\/\/127\.0\.0\.1:1\. Run npm start in another terminal, and open the editor\.\n$/,
    );
    equal(status, 1);
  });

  test('says what a query needs', async () => {
    match((await boardAt('1', 'name=box')).output, /^A board asks for the name of a box and a board/);
  });
});
