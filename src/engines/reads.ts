import { closerReads } from './closer-reads.ts';
import { drillDown } from './drill-down.ts';
import { namespacesElsewhere, servicesElsewhere } from './elsewhere.ts';
import { agentNamespaces } from './node-health.ts';
import { indexSnapshot } from './snapshot.ts';
import type { Read, SnapshotData } from './snapshot-data.ts';
import { firstReads, podTables, servingTriage } from './triage.ts';

/**
 * What a diagnosis needs to read, given what was read so far: first a triage whose cost does not grow with healthy
 * pods, then whole objects, events and logs of what looks wrong, and what those refer to. May name what was read
 * already; whoever reads asks for each thing once, and is done when this names nothing new.
 */
export function nextReads(soFar: SnapshotData): readonly Read[] {
  const snapshot = indexSnapshot(soFar);
  const { namespace } = snapshot.scope;
  const begun = [...firstReads(snapshot.scope), ...podTables(snapshot)];
  if (namespace === undefined) return [...begun, ...closerReads(snapshot), ...drillDown(snapshot, undefined)];
  const elsewhere = namespacesElsewhere(snapshot);
  return [
    ...begun,
    ...servicesElsewhere(snapshot),
    ...elsewhere.flatMap(servingTriage),
    // Pods of agents are there only when something on their node called for them.
    ...drillDown(snapshot, [...new Set([namespace, ...elsewhere, ...agentNamespaces])]),
  ];
}
