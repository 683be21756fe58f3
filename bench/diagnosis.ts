import { diagnose } from '../src/engines/diagnosis/diagnose.ts';
import { readArchive } from '../src/kubernetes/archive/read.ts';
import { medianOf, ms, type Row } from './measure.ts';

const runs = 21;

/** `diagnose` of the demo in process, after reading. */
export async function measureDiagnosis(): Promise<readonly Row[]> {
  const data = await readArchive('demo/shop.kubemend.gz');
  const times = Array.from({ length: runs }, () => {
    const began = performance.now();
    diagnose(data);
    return performance.now() - began;
  });
  return [
    {
      what: `diagnosis of the demo (${data.objects.length} objects), in process`,
      measured: `${ms(medianOf(times))} (first ${ms(times[0] ?? 0)})`,
      limit: '50 ms',
      aim: '',
    },
  ];
}
