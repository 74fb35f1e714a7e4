/** Measures what the extension costs the editor: the sizes of its files, and its activation in a real VS Code. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setUpBench } from '../test/vscode/mkbox.ts';
import { until } from '../test/vscode/workbench/wait.ts';

const ROUNDS = 7;
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
  const bundles = readdirSync(DIST).filter((name) => name === 'extension.js' || name.startsWith('chunk-'));
  return [
    { name: 'entry bundle', value: kilobytes('extension.js'), target: 60, unit: 'kB' },
    { name: 'all bundles', value: bundles.reduce((sum, name) => sum + kilobytes(name), 0), target: 500, unit: 'kB' },
  ];
}

/** The editor's own figure: loading the code and calling `activate`, as "Show Running Extensions" has it. */
async function inTheEditor(): Promise<Figure[]> {
  await using bench = await setUpBench();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const vscode = await bench.open({ viewport: { width: 1280, height: 3000 } });
    try {
      await until(
        'the extension to serve',
        () => vscode.workbench.statusBarItem('mkbox.status'),
        (item) => item.icons.includes('broadcast'),
      );
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
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? Number.NaN;
  process.stdout.write(`activation times: ${times.join(', ')} ms\n`);
  return [
    { name: 'package', value: bench.vsixBytes / 1_000_000, target: 1.5, unit: 'MB' },
    { name: 'activation in VS Code, median', value: median, target: 20, unit: 'ms' },
  ];
}
