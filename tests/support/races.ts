import { setTimeout as sleep } from 'node:timers/promises';
import { anObject } from './builders.ts';
import { aLiveDeployment, aLiveSet } from './healing.ts';
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

/** How a race for the one action that a cap leaves ended. */
export interface CappedRace {
  /** Objects that were written. */
  readonly written: readonly string[];
  /** What became of both actions, sorted. */
  readonly states: readonly string[];
}

/**
 * Two processes that each heal an object of their own, so often, each time on a cluster on which one action may be done.
 * One of them starts up to 30 ms after the other, so that their steps fall between each other in many ways.
 */
export async function racesForACap(rounds: number): Promise<readonly CappedRace[]> {
  const ended: CappedRace[] = [];
  for (let round = 0; round < rounds; round++) {
    const late = round % 31;
    ended.push(await raceForACap(round % 2 === 0 ? [0, late] : [late, 0]));
  }
  return ended;
}

async function raceForACap(startMs: readonly [number, number]): Promise<CappedRace> {
  const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];
  const bed = await aBed([...around, ...aLiveDeployment().all, ...aLiveSet().all]);
  const policy = { caps: { per_cluster_hour: 1 } };
  const racers = [
    { process: await aProcess(bed, { policy }), args: { object: 'deployment/web' }, startMs: startMs[0] },
    { process: await aProcess(bed, { policy }), args: { object: 'statefulset/db' }, startMs: startMs[1] },
  ];
  const planned = await Promise.all(
    racers.map(async (racer) => ({ ...racer, id: await racer.process.plan('restart_workload', racer.args) })),
  );
  await Promise.all(
    planned.map(async ({ process, args, id, startMs: wait }) => {
      await sleep(wait);
      await process.answer('restart_workload', args, id);
      await process.idle();
    }),
  );
  await bed.server.close();
  await Promise.all(planned.map(({ process }) => process.clusters.close()));
  return { written: writesOf(bed), states: planned.map(({ id }) => recordOf(bed, id).state).toSorted() };
}
