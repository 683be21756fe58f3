import { isAskedAbout } from '../../../asked-about.ts';
import { minute, timeOf } from '../../../durations.ts';
import type { ClusterEvent } from '../../../events.ts';
import { nameOf, refOf, type Service } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** Cloud providers take a few minutes to make a load balancer. */
const hold = 5 * minute;
/** A controller that runs has written its first event by then. */
const untouchedHold = minute / 3;
/** Of the service controller of cloud providers, and of MetalLB. */
const failures = new Set([
  'SyncLoadBalancerFailed',
  'UnAvailableLoadBalancer',
  'CreatingLoadBalancerFailed',
  'AllocationFailed',
  'FailedBuildModel',
  'FailedDeployModel',
]);

export const svcAddressPending = defineRule({
  id: 'svc-address-pending',
  title: 'A load balancer has no address',
  area: 'service',
  class: 'risk',
  severity: 'high',
  meaning: 'The Service is not reachable from outside; inside of the cluster it works.',
  detection:
    'spec.type is LoadBalancer and status.loadBalancer is empty for more than 5 minutes, or an event says that making it ' +
    'failed; for whoever asks about the Service it need be no older than 20 s when no controller has written any event ' +
    'about it. With such an event, or for who asks about the Service, it is the cause; else a cluster without a load ' +
    'balancer may live with it.',
  remedies: [
    'Mend what the event names: quota, annotation, subnet.',
    'Install a load balancer controller, or use type NodePort or a route.',
  ],
  avoid: ['creating the Service anew: its address changes'],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingOf(snapshot, service)),
});

function findingOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const { type, loadBalancerClass } = service.spec ?? {};
  if (type !== 'LoadBalancer' || service.metadata.deletionTimestamp !== undefined) return [];
  if ((service.status?.loadBalancer?.ingress ?? []).length > 0 || service.status === undefined) return [];
  const event = snapshot.eventsAbout(service).findLast(({ reason }) => failures.has(reason));
  const born = timeOf(service.metadata.creationTimestamp);
  const subject = refOf(service);
  const isAsked = isAskedAbout(snapshot, subject);
  // Who makes load balancers says so at once (`EnsuringLoadBalancer`); whoever asks need not wait when nobody has.
  const isUntouched =
    isAsked && eventsWereRead(snapshot, subject.namespace) && snapshot.eventsAbout(service).length === 0;
  if (event === undefined && (born === undefined || snapshot.now - born < (isUntouched ? untouchedHold : hold)))
    return [];
  const taken =
    loadBalancerClass === undefined
      ? 'no controller has given it one'
      : `no controller has taken spec.loadBalancerClass ${loadBalancerClass}`;
  return [
    {
      subject,
      problem: `has no external address: ${event === undefined ? taken : `${event.reason}: ${wordsOf(event)}`}`,
      ...((event !== undefined || isAsked) && { class: 'cause' as const }),
      // What else is wrong with it comes first.
      severity: event === undefined ? 'medium' : undefined,
      certainty: event === undefined ? 'declared' : 'message',
      evidence: [
        { object: subject, source: 'status', text: 'status.loadBalancer is empty' },
        ...(event === undefined
          ? []
          : [{ object: subject, source: 'event' as const, text: `${event.reason}: ${event.message}`, at: event.at }]),
      ],
      since: service.metadata.creationTimestamp,
      fixes: fixesFor(service, event),
      missingEvidence: event === undefined ? ['whether a load balancer controller runs in this cluster'] : [],
      nextCheck: `kubectl describe service ${subject.name} -n ${subject.namespace}`,
    },
  ];
}

const maximumWords = 200;

const wordsOf = ({ message }: ClusterEvent): string => {
  const line = message.trim().split('\n')[0] ?? '';
  return line.length > maximumWords ? `${line.slice(0, maximumWords)}…` : line;
};

function fixesFor(service: Service, event: ClusterEvent | undefined): readonly Fix[] {
  const name = nameOf(refOf(service));
  if (event !== undefined) {
    return [{ advice: `mend what the event about ${name} names`, reason: 'the controller tries again by itself' }];
  }
  const { loadBalancerClass } = service.spec ?? {};
  const controller =
    loadBalancerClass === undefined
      ? 'install a load balancer controller (of the cloud provider, or MetalLB), or see why it does not run'
      : `see that the controller of class ${loadBalancerClass} runs, or correct spec.loadBalancerClass of ${name}`;
  return [
    { advice: controller, reason: 'nobody else gives out external addresses' },
    {
      advice: `use type NodePort or an Ingress for ${name}`,
      reason: 'if this cluster has no load balancer on purpose',
    },
  ];
}

const eventsWereRead = ({ data }: Snapshot, namespace: string | undefined): boolean =>
  data.reads.some(
    ({ read, outcome }) =>
      outcome === 'ok' &&
      read.verb === 'list' &&
      read.kind === 'Event' &&
      (read.namespace === undefined || read.namespace === namespace),
  );
