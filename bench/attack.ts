/** Attacks the command in all ways at once while boards update from it; says what came of it. */
import { parseArgs } from 'node:util';
import { attack } from './attack/attack.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    server: { type: 'string' },
    only: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
if (!(seconds > 0)) {
  process.stderr.write(`--seconds must be a number above 0, not ${values.seconds}\n`);
  process.exit(2);
}
const report = await attack({ seconds, command: values.server, only: values.only });
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = report.faults.length + report.slow.length === 0 ? 0 : 1;
