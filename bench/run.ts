/**
 * Measures the built program. Ratios compare two things measured in the same run, in turn; every figure is a median.
 * With KUBECONFIG and a namespace (`make bench NAMESPACE=shop`) a live diagnosis is compared with kubectl.
 */

import { measureDiagnosis } from './diagnosis.ts';
import { measureGuards } from './guards.ts';
import { measureLive } from './live.ts';
import { type Row, table } from './measure.ts';
import { measureSize } from './size.ts';
import { measureStart } from './start.ts';

const rows: readonly Row[] = [
  ...(await measureStart()),
  ...(await measureSize()),
  ...(await measureDiagnosis()),
  ...(await measureGuards()),
  ...(await measureLive(process.env['NAMESPACE'])),
];
console.log(table(rows));
