/**
 * Measures the service over HTTP on loopback, the reads against a real API server of its own. Ratios compare two things
 * measured in the same run, in turn. `SECONDS` is the length of the mixed load, 180 by default.
 */
import { type Row, table } from '../measure.ts';
import { startBed } from './cluster.ts';
import { measureConnections } from './connections.ts';
import { measureOverhead } from './overhead.ts';
import { measureRate } from './rate.ts';
import { measureReads } from './reads.ts';
import { measureSoak } from './soak.ts';

const rows: Row[] = [...(await measureOverhead()), ...(await measureConnections()), ...(await measureSoak())];
const bed = await startBed();
try {
  rows.push(...(await measureReads(bed)), ...(await measureRate(bed)));
} finally {
  await bed.down();
}
console.log(table(rows));
