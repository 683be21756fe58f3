import { formatDuration, minute, timeOf } from '../../../durations.ts';
import { nameOf, type ObjectRef, type Pod, refOf, type Service } from '../../../objects.ts';
import {
  isBroken,
  isFinished,
  isReady,
  isTerminating,
  podStatusText,
  unreadyFor,
  unreadySince,
} from '../../../pods.ts';
import { readyEndpoints, routesTo, selectedPods, selectedWorkloads, slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

/** Pods that have just started are not ready for a moment. */
const hold = minute;

export const svcNoReadyEndpoints = defineRule({
  id: 'svc-no-ready-endpoints',
  title: 'A Service has no ready endpoint',
  area: 'service',
  class: 'symptom',
  severity: 'high',
  meaning: 'The Service selects pods, and none of them is ready, so every connection to it fails.',
  detection:
    'The selector matches pods or pod templates, no endpoint of its EndpointSlices is ready, no selected pod is Ready, ' +
    'and this has been so for more than a minute. Workloads that want no pods are left to deploy-scaled-to-zero.',
  remedies: ['Mend the pods: the finding that explains this one says how.'],
  avoid: ['setting publishNotReadyAddresses: traffic then reaches pods that cannot serve'],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingOf(snapshot, service)),
});

function findingOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  if (Object.keys(service.spec?.selector ?? {}).length === 0 || service.spec?.type === 'ExternalName') return [];
  if (readyEndpoints(snapshot, service)?.length !== 0) return [];
  const selected = selectedPods(snapshot, service);
  if (selected.some((pod) => isReady(pod) && !isTerminating(pod))) return [];
  const pods = selected.filter((pod) => !isFinished(pod) && !isTerminating(pod));
  const wanting = selectedWorkloads(snapshot, service).filter((ref) => wantsPods(snapshot, ref));
  if (pods.length === 0 && wanting.length === 0) return [];
  if (pods.length > 0 && pods.every((pod) => unreadyFor(pod, snapshot.now) < hold)) return [];

  const subject = refOf(service);
  const routes = routesTo(snapshot, subject);
  const addresses = slicesOf(snapshot, service).flatMap(({ endpoints }) => endpoints ?? []).length;
  const since = pods
    .map(unreadySince)
    .flatMap((time) => time ?? [])
    .toSorted()
    .at(-1);
  return [
    {
      subject,
      problem:
        pods.length === 0
          ? `has no ready endpoint: ${wanting.map(nameOf).join(' and ')} has no pods`
          : `has no ready endpoint: ${pods.length === 1 ? 'its only pod is' : `all ${pods.length} pods are`} not ready`,
      certainty: 'declared',
      severity: routes.length > 0 ? 'critical' : undefined,
      evidence: [
        { object: subject, source: 'status', text: `0 of ${addresses} endpoints are ready` },
        ...pods
          .filter(isBroken)
          .slice(0, 3)
          .map((pod) => podEvidence(snapshot, pod)),
        ...routes
          .slice(0, 3)
          .map(
            ({ ingress, path }): Evidence => ({ object: refOf(ingress), source: 'spec', text: `${path} leads to it` }),
          ),
      ],
      since,
      fixes: [],
    },
  ];
}

/** Whether a workload wants pods, and has had the time to make them. */
function wantsPods(snapshot: Snapshot, ref: ObjectRef): boolean {
  const { kind, namespace, name } = ref;
  const metadata = snapshot.head(ref)?.metadata;
  const leaving =
    metadata?.deletionTimestamp ?? snapshot.find('Namespace', undefined, namespace ?? '')?.metadata.deletionTimestamp;
  const age = snapshot.now - (timeOf(metadata?.creationTimestamp) ?? 0);
  if (leaving !== undefined || age < hold) return false;
  if (kind === 'Deployment') return snapshot.find('Deployment', namespace, name)?.spec?.replicas !== 0;
  if (kind === 'StatefulSet') return snapshot.find('StatefulSet', namespace, name)?.spec?.replicas !== 0;
  return (snapshot.find('DaemonSet', namespace, name)?.status?.desiredNumberScheduled ?? 0) > 0;
}

const podEvidence = (snapshot: Snapshot, pod: Pod): Evidence => ({
  object: refOf(pod),
  source: 'status',
  text: `${podStatusText(pod)} for ${formatDuration(unreadyFor(pod, snapshot.now))}`,
  at: unreadySince(pod),
});
