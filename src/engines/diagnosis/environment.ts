import { hostsOfEnv, serviceOfHost } from '../hosts.ts';
import type { ObjectRef } from '../objects.ts';
import { templateOf } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';

/** Services that the environment variables, arguments and commands of a workload name: an inferred edge. */
export function environmentOf(snapshot: Snapshot): (workload: ObjectRef) => readonly ObjectRef[] {
  return (workload) => {
    const { kind, namespace, name } = workload;
    const pod = kind === 'Pod' ? snapshot.find('Pod', namespace, name) : undefined;
    const spec = pod?.spec ?? templateOf(snapshot.head(workload))?.spec;
    return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
      .flatMap(hostsOfEnv)
      .flatMap(({ host }) => serviceOfHost(snapshot, host, namespace)?.ref ?? []);
  };
}
