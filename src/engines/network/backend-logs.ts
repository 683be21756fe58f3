import { keyOf, refOf } from '../objects.ts';
import { containersOf, isReady } from '../pods.ts';
import { selectedPods } from '../routes.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { failedCalls } from './calls.ts';

const maximumServices = 4;
const maximumContainers = 3;
const logLines = 100;

/**
 * The log of one ready pod behind each Service that refuses its callers, or that is asked about: it may say where its
 * server listens. No other log of a ready pod is read.
 */
export function backendLogReads(snapshot: Snapshot): readonly Read[] {
  const refusing = failedCalls(snapshot).flatMap(({ dependency: { failure, service, endpoints = 0 } }) =>
    failure === 'refused' && service !== undefined && endpoints > 0 ? [service] : [],
  );
  const { object } = snapshot.scope;
  const doubted = [...refusing, ...(object?.kind === 'Service' ? [object] : [])];
  return [...new Map(doubted.map((ref) => [keyOf(ref), ref])).values()].slice(0, maximumServices).flatMap((ref) => {
    const service = snapshot.find('Service', ref.namespace, ref.name);
    const pod = service && selectedPods(snapshot, service).find(isReady);
    return pod === undefined
      ? []
      : containersOf(pod)
          .filter(({ init, sidecar }) => !init || sidecar)
          .slice(0, maximumContainers)
          .map(
            ({ name }): Read => ({
              verb: 'log',
              namespace: pod.metadata.namespace ?? '',
              pod: refOf(pod).name,
              container: name,
              previous: false,
              tailLines: logLines,
            }),
          );
  });
}
