/** Measures the service over HTTP on loopback; ratios compare two things measured in the same run, in turn. */
import { type Row, table } from '../measure.ts';
import { startBed } from './cluster.ts';
import { measureReads } from './reads.ts';

const bed = await startBed();
const rows: readonly Row[] = [...(await measureReads(bed))];
await bed.down();
console.log(table(rows));
