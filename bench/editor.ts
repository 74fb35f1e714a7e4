/** Measures what the extension costs the editor: the sizes of its files, and its activation in a real VS Code. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setUpBench } from '../test/vscode/mkbox.ts';
import { until } from '../test/vscode/workbench/wait.ts';
import { median } from './statistics.ts';

/** The command line may give another number. */
const ROUNDS = Number(process.argv[2] ?? 7);
const LANGUAGE_TIME = /language features for BOXBUILDs loaded in ([\d.]+) ms/;
const DIST = path.join(path.dirname(import.meta.dirname), 'dist');

/** A figure and its target, both in the same unit. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly target: number;
  readonly unit: string;
}

const figures = [...bundleSizes(), ...(await inTheEditor())];
for (const { name, value, target, unit } of figures) {
  const verdict = value <= target ? 'ok' : 'MISSED';
  process.stdout.write(
    `${name.padEnd(38)} ${value.toFixed(target < 10 ? 2 : 0).padStart(6)} ${unit} (target ≤ ${target}) ${verdict}\n`,
  );
}
process.exitCode = figures.some(({ value, target }) => value > target) ? 1 : 0;

function bundleSizes(): Figure[] {
  const kilobytes = (name: string) => statSync(path.join(DIST, name)).size / 1000;
  const sizeOf = (names: readonly string[]) => names.reduce((sum, name) => sum + kilobytes(name), 0);
  const bundles = readdirSync(DIST).filter((name) => name === 'extension.js' || /^chunk-.*\.js$/.test(name));
  return [
    { name: 'read at activation', value: sizeOf(readWith('extension.js')), target: 60, unit: 'kB' },
    { name: 'all bundles', value: sizeOf(bundles), target: 500, unit: 'kB' },
  ];
}

/** A bundle, and the bundles that the editor reads before it runs that one: those in its `import … from`. */
function readWith(name: string, read = new Set<string>()): string[] {
  if (read.has(name)) return [];
  read.add(name);
  const imports = readFileSync(path.join(DIST, name), 'utf8').matchAll(/(?:from|import) ?"\.\/(chunk-\w+\.js)"/g);
  return [name, ...[...imports].flatMap(([, imported = '']) => readWith(imported, read))];
}

/**
 * The editor's own figure: loading the code and calling `activate`, as "Show Running Extensions" has it. Then the
 * extension's: from the first BOXBUILD that is opened to when its language features are registered.
 */
async function inTheEditor(): Promise<Figure[]> {
  await using bench = await setUpBench();
  const times: number[] = [];
  const languageTimes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const vscode = await bench.open({ viewport: { width: 1280, height: 3000 } });
    try {
      await until(
        'the extension to serve',
        () => vscode.workbench.statusBarItem('mkbox.status'),
        (item) => item.icons.includes('broadcast'),
      );
      assert.doesNotMatch(await vscode.logs(), LANGUAGE_TIME, 'nothing of BOXBUILDs is loaded before one is opened');
      await vscode.workbench.openFile('boxes/docker-box/BOXBUILD');
      const log = await until(
        'the language features',
        () => vscode.logs(),
        (it) => LANGUAGE_TIME.test(it),
      );
      languageTimes.push(Number(LANGUAGE_TIME.exec(log)?.[1]));
      await vscode.workbench.runCommand('Developer: Show Running Extensions');
      const row = vscode.page.locator('.editor-instance .monaco-list-row', { hasText: 'mkbox' }).first();
      const text = await until(
        'the activation time',
        () => row.innerText(),
        (it) => /\d+ms/.test(it),
      );
      times.push(Number(/(\d+)ms/.exec(text)?.[1]));
    } finally {
      await vscode.close();
    }
  }
  process.stdout.write(`activation times: ${times.join(', ')} ms\n`);
  process.stdout.write(`loading the language features: ${languageTimes.join(', ')} ms\n`);
  return [
    { name: 'package', value: bench.vsixBytes / 1_000_000, target: 1.5, unit: 'MB' },
    { name: 'activation in VS Code, median', value: median(times), target: 20, unit: 'ms' },
    { name: 'language features, median', value: median(languageTimes), target: 50, unit: 'ms' },
  ];
}
