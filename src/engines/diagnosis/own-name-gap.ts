import { serviceOfHost } from '../hosts.ts';
import { connectionFailureIn, farSideIn } from '../logs/failed-hosts.ts';
import { nameOf, type Pod, refOf } from '../objects.ts';
import { isReady } from '../pods.ts';
import { selectedPods } from '../routes.ts';
import { matchesMap } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import type { CrashGap } from './crash-gap.ts';

/**
 * The headless Service by whose name a program that dies looks for itself and its like, none of which is ready: without
 * publishNotReadyAddresses that name is not there before one is.
 */
export function ownNameGap(
  snapshot: Snapshot,
  { pod, log }: { readonly pod: Pod; readonly log: LogExcerpt | undefined },
): CrashGap | undefined {
  const { namespace, labels } = pod.metadata;
  const hosts = (log?.lines ?? []).flatMap(({ text }) =>
    connectionFailureIn(text) === 'unknown-host' ? (farSideIn(text)?.host ?? []) : [],
  );
  const service = [...new Set(hosts)]
    .map((host) => serviceOfHost(snapshot, host.toLowerCase(), namespace)?.service)
    .find(
      (found) =>
        found?.spec?.clusterIP === 'None' &&
        found.spec.publishNotReadyAddresses !== true &&
        found.metadata.namespace === namespace &&
        matchesMap(found.spec.selector, labels) &&
        !selectedPods(snapshot, found).some(isReady),
    );
  if (service === undefined) return undefined;
  const name = nameOf(refOf(service));
  return {
    says: `it looks for itself by the name of ${name}, which does not publishNotReadyAddresses: the name is not there before a pod is ready`,
    evidence: [
      {
        object: refOf(service),
        source: 'recomputed',
        text: 'is headless, and none of the pods that it selects is ready',
      },
    ],
    fixes: [
      {
        advice: `set spec.publishNotReadyAddresses: true in ${name}`,
        reason: 'members then find each other, and themselves, while they start',
      },
    ],
  };
}
