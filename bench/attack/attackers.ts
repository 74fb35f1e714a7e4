/**
 * A process of its own that attacks: argument 1 is a `Site` as JSON, argument 2 the name of the only load, if not all. At
 * the end of its input it stops, and prints what it found wrong, as JSON.
 */
import { LOADS, type Site } from './loads.ts';

const site: Site = JSON.parse(process.argv[2] ?? '{}');
let isOver = false;
process.stdin.resume().on('end', () => {
  isOver = true;
});
const only = process.argv[3];
const loads = Object.entries(LOADS).filter(([name]) => only === undefined || name === only);
if (loads.length === 0) throw new Error(`there is no load ${only}; there are ${Object.keys(LOADS).join(', ')}`);
const faults = await Promise.all(loads.map(([, load]) => load(site, () => isOver)));
process.stdout.write(`${JSON.stringify(faults.flat())}\n`);
process.exit(0);
