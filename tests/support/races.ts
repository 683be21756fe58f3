import { anObject } from './builders.ts';
import { aLiveDeployment } from './healing.ts';
import { aBed, aProcess, recordOf, writesOf } from './healing-bed.ts';
import { aNode } from './nodes.ts';

/** How one race ended: what both processes answered, sorted, and how often the object was written. */
export interface Race {
  readonly answers: readonly string[];
  readonly writes: number;
  readonly state: string;
}

/** Two processes with one approval, so often, one after the other on the same cluster. */
export async function races(rounds: number): Promise<readonly Race[]> {
  const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];
  const bed = await aBed([...around, ...aLiveDeployment().all]);
  const [first, second] = [await aProcess(bed), await aProcess(bed)];
  const args = { object: 'deployment/web' };
  const ended: Race[] = [];
  for (let round = 0; round < rounds; round++) {
    bed.clock.ms += 1_000;
    const before = writesOf(bed).length;
    const id = await first.plan('restart_workload', args);
    const results = await Promise.all([first, second].map((each) => each.answer('restart_workload', args, id)));
    await Promise.all([first.idle(), second.idle()]);
    ended.push({
      answers: results.map((result) => String(result.success ? result['state'] : result['error_type'])).toSorted(),
      writes: writesOf(bed).length - before,
      state: recordOf(bed, id).state,
    });
  }
  await bed.server.close();
  return ended;
}
