/** Publishes builds while boards update, and kept ones are served again and pruned; says what came of it. */
import { parseArgs } from 'node:util';
import { publishRace } from '../test/builds/publish-race.ts';

const { values } = parseArgs({ options: { publications: { type: 'string', default: '200' } } });
const publications = Number(values.publications);
if (!(Number.isInteger(publications) && publications > 0)) {
  process.stderr.write(`--publications must be a number above 0, not ${values.publications}\n`);
  process.exit(2);
}
const report = await publishRace({ publications, areReal: true });
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
