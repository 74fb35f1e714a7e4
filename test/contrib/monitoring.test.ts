import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { type BoxesFolder, makeBoxes, writeSet } from '../images/image-sets.ts';
import { requireTools } from '../tools/tools.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const RULES = here('../../contrib/prometheus/mkbox.rules.yml');
const DASHBOARD = here('../../contrib/grafana/mkbox.json');

/** A metric of ours, or Prometheus' own `up`, where an expression names one. */
const METRIC = /\bmkbox_\w+/g;

suite('what watches update servers', () => {
  let boxes: BoxesFolder;
  let server: RunningServer;
  let metrics: string;
  before(async () => {
    boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    server = await startUpdateServer({
      imagePath: boxes.root,
      env: { STATE_PATH: boxes.beside('boards.json'), KEEP_BUILDS: '1' },
    });
    metrics = await (await fetch(`${server.url}/metrics`)).text();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await boxes[Symbol.asyncDispose]();
  });

  /** The names of the metrics there are: a histogram is several. */
  function known(): Set<string> {
    const typed = [...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    return new Set(
      typed.flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
  }

  test('are alerts that Prometheus takes, and that rise where they should', () => {
    const { promtool } = requireTools('promtool');
    for (const args of [
      ['check', 'rules', RULES],
      ['test', 'rules', here('mkbox.rules.test.yml')],
    ]) {
      const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' });
      deepEqual([status, stderr], [0, ''], stdout);
    }
  });

  test('is scraped as Prometheus wants it', () => {
    const { promtool } = requireTools('promtool');
    const { stderr } = spawnSync(promtool, ['check', 'metrics'], { input: metrics, encoding: 'utf8' });
    const complaints = stderr.split('\n').filter((line) => line !== '');
    // its label is one that summaries have, whose counts and sums would say nothing here
    deepEqual(
      complaints.filter((line) => !line.startsWith('mkbox_event_loop_delay_seconds ')),
      [],
    );
  });

  test('asks for metrics that there are', async () => {
    const dashboard = JSON.parse(await readFile(DASHBOARD, 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
      templating: { list: { query: string }[] };
    };
    const asked = [
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...dashboard.templating.list.map(({ query }) => query),
      await readFile(RULES, 'utf8'),
    ];
    const names = new Set(asked.flatMap((text) => text.match(METRIC) ?? []));
    ok(names.size > 15, `only ${names.size} metrics are asked for`);
    deepEqual(
      [...names].filter((name) => !known().has(name)),
      [],
    );
    equal(new Set(dashboard.panels.map(({ title }) => title)).size, dashboard.panels.length);
  });

  test('is told of every metric there is', async () => {
    const page = await readFile(here('../../docs/status.md'), 'utf8');
    const names = [...metrics.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
    deepEqual(
      names.filter((name) => !page.includes(`\`${name}`)),
      [],
    );
  });

  test('knows the room on the disks', () => {
    for (const folder of ['images', 'builds']) {
      ok(
        Number(new RegExp(`^mkbox_disk_size_bytes\\{folder="${folder}"\\} (\\d+)$`, 'm').exec(metrics)?.[1]) > 0,
        folder,
      );
    }
  });
});
