/** Has boards update from the command for half an hour, while everything happens to it that happens; says what came of it. */
import { parseArgs } from 'node:util';
import { soak } from './soak/soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    server: { type: 'string' },
    'no-restarts': { type: 'boolean', default: false },
    'no-reloads': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.minutes) * 60;
if (!(seconds > 0)) {
  process.stderr.write(`--minutes must be a number above 0, not ${values.minutes}\n`);
  process.exit(2);
}
const report = await soak({
  seconds,
  restarts: !values['no-restarts'],
  reloads: !values['no-reloads'],
  command: values.server,
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = report.faults.length === 0 ? 0 : 1;
