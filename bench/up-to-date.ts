import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Field } from './field.ts';
import { median, medianRatio } from './statistics.ts';
import type { Row } from './table.ts';

const CONNECTIONS = 16;
const TARGET = 0.5;

const run = promisify(execFile);

/** "Up to date" answers per second on connections kept alive, beside a static file of the same bytes. */
export async function measureUpToDate(
  wrk: string,
  { upToDateUrls }: Field,
  rounds: number,
  seconds: number,
): Promise<Row[]> {
  const rates = {
    ours: [] as number[],
    nginx: [] as number[],
    nginxUnlogged: [] as number[],
    plain: [] as number[],
  };
  const order = ['ours', 'nginx', 'nginxUnlogged', 'plain'] as const;
  for (const name of order) await answersPerSecond(wrk, upToDateUrls[name], 1); // warms up
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      rates[name].push(await answersPerSecond(wrk, upToDateUrls[name], seconds));
    }
  }
  const ratio = medianRatio(rates.ours, rates.nginx);
  const row = {
    figure: '"up to date" answers, 1/s',
    ours: median(rates.ours).toFixed(0),
    nginx: median(rates.nginx).toFixed(0),
    plain: median(rates.plain).toFixed(0),
    ratio: ratio.toFixed(2),
    target: `≥ ${TARGET} × nginx`,
    met: ratio >= TARGET,
  };
  const unlogged = {
    figure: '… nginx without its log',
    ours: row.ours,
    nginx: median(rates.nginxUnlogged).toFixed(0),
    plain: row.plain,
    ratio: medianRatio(rates.ours, rates.nginxUnlogged).toFixed(2),
  };
  return [row, unlogged];
}

export async function answersPerSecond(wrk: string, url: URL, seconds: number): Promise<number> {
  const { stdout } = await run(wrk, ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, url.href]);
  if (/Socket errors|Non-2xx/.test(stdout)) throw new Error(`wrk got errors from ${url}:\n${stdout}`);
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  return Number(rate);
}
