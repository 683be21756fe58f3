import type { Pod } from './objects.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/** Broken pods of a namespace whose events are read one by one; above that, the events of a namespace read at once. */
const fewPods = 4;
const maximumEvents = 1_000;
const eventExemplars = 10;

/**
 * In a cluster-wide question only warnings were read; Normal events of a broken pod tell probes, volumes and pulls. Where
 * many pods are broken their namespace's are read at once, unless there are too many.
 */
export function eventReads({ scope, data }: Snapshot, pods: readonly Pod[]): readonly Read[] {
  if (scope.namespace !== undefined) return [];
  return [...Map.groupBy(pods, ({ metadata }) => metadata.namespace)].flatMap(([namespace, group]): readonly Read[] => {
    const atOnce = { verb: 'list', kind: 'Event', namespace, fieldSelector: 'type=Normal', as: 'full' } as const;
    const tooMany = data.reads.some(
      ({ read, outcome }) =>
        outcome === 'exceeded' && read.verb === 'list' && read.kind === 'Event' && read.namespace === namespace,
    );
    const alone = group
      .slice(0, eventExemplars)
      .map(({ metadata: { name } }): Read => ({ ...atOnce, fieldSelector: `involvedObject.name=${name}` }));
    if (group.length <= fewPods) return alone;
    return [{ ...atOnce, atMost: maximumEvents }, ...(tooMany ? alone : [])];
  });
}
