import { calleeIn } from './dependencies.ts';
import { hostsOfEnv, serviceOfHost } from './hosts.ts';
import { keyOf, type ObjectRef, type Pod } from './objects.ts';
import type { PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The Service whose answer a text quotes: the one that it names, as far as there is one (`SET session:91` looks like a
 * host and a port), else the only Service that the environment and arguments of the container name.
 */
export function answeringServer(
  snapshot: Snapshot,
  where: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): ObjectRef | undefined {
  const named = calleeIn(snapshot, where, text)?.service;
  if (named !== undefined && snapshot.find('Service', named.namespace, named.name) !== undefined) return named;
  const told = hostsOfEnv(where.container.spec).flatMap(({ host }) => {
    const found = serviceOfHost(snapshot, host, where.pod.metadata.namespace);
    return found?.service === undefined ? [] : [found.ref];
  });
  const [only, ...others] = new Map(told.map((ref) => [keyOf(ref), ref])).values();
  return others.length > 0 ? undefined : only;
}
