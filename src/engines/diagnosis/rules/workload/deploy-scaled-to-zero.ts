import { isAskedAbout } from '../../../asked-about.ts';
import { writerOf } from '../../../field-writers.ts';
import { keyOf, nameOf, type ObjectRef, type Of, refOf, type Service } from '../../../objects.ts';
import { controllerOf } from '../../../owners.ts';
import { readyEndpoints, routesTo, selectedWorkloads } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { scaleFix } from '../../heal-fixes.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

export const deployScaledToZero = defineRule({
  id: 'deploy-scaled-to-zero',
  title: 'A workload that is still needed was scaled to zero',
  area: 'workload',
  class: 'cause',
  severity: 'high',
  meaning: 'The workload wants no pods, while a Service still leads to it and has nobody else to answer.',
  detection:
    'spec.replicas is 0, and a Service that selects its pods has no ready endpoint, or a HorizontalPodAutoscaler says ' +
    'ScalingDisabled; or it is what is asked about. Workloads whose autoscaler belongs to KEDA sleep on purpose and ' +
    'are left out. Who wrote the replicas and how many there were is named, where events and managedFields tell.',
  remedies: ['Scale back to the last known count, once it is known that nobody keeps it down on purpose.'],
  avoid: ['scaling up what an autoscaler, a job or a maintenance keeps at zero: it works against them'],

  check: (snapshot) =>
    [...snapshot.all('Deployment'), ...snapshot.all('StatefulSet')]
      .filter(({ spec, status }) => spec?.replicas === 0 && (status?.readyReplicas ?? 0) === 0)
      .flatMap((workload) => findingOf(snapshot, workload)),
});

type Scalable = Of<'Deployment'> | Of<'StatefulSet'>;

function findingOf(snapshot: Snapshot, workload: Scalable): readonly Finding[] {
  const subject = refOf(workload);
  const scalers = snapshot
    .all('HorizontalPodAutoscaler', subject.namespace)
    .filter(({ spec }) => spec?.scaleTargetRef?.kind === subject.kind && spec.scaleTargetRef.name === subject.name);
  if (scalers.some((scaler) => controllerOf(scaler)?.kind === 'ScaledObject')) return [];
  const disabled = scalers.find(({ status }) => status?.conditions?.some(({ reason }) => reason === 'ScalingDisabled'));
  const services = snapshot
    .all('Service', subject.namespace)
    .filter((service) => isDeserted(snapshot, service, subject));
  const needed = services.length > 0 || disabled !== undefined;
  if (!needed && !isAskedAbout(snapshot, subject)) return [];

  const siblings = services.slice(0, 1).flatMap((service) => siblingOf(snapshot, service) ?? []);
  const writer = writerOf(workload, 'replicas');
  const before = countBefore(snapshot, workload);
  const routed = services.filter((service) => routesTo(snapshot, refOf(service)).length > 0);
  const [needing = disabled] = [...routed, ...services];
  const scaled = before === undefined ? 'wants 0 replicas' : `was scaled from ${before.count} to 0 replicas`;
  const verb = needing?.kind === 'Service' ? 'leads to it' : 'scales it';
  return [
    {
      subject,
      problem:
        needing === undefined
          ? scaled
          : `${scaled}, and ${nameOf(refOf(needing))} still ${verb}${siblings.map(({ says }) => says).join('')}`,
      certainty: 'declared',
      severity: severityOf({ needed, isRouted: routed.length > 0, isKnown: (before ?? disabled) !== undefined }),
      evidence: [
        {
          object: subject,
          source: 'spec',
          text: `spec.replicas is 0${writer === undefined ? '' : `, written by ${writer.manager}`}`,
          at: writer?.time,
        },
        ...(before === undefined ? [] : [before.evidence]),
        ...services.slice(0, 3).map(
          (service): Evidence => ({
            object: refOf(service),
            source: 'recomputed',
            text: 'selects its pods and has no ready endpoint',
          }),
        ),
        ...(disabled === undefined
          ? []
          : [
              {
                object: refOf(disabled),
                source: 'status' as const,
                text: 'ScalingDisabled: the target has 0 replicas',
              },
            ]),
      ],
      since: writer?.time ?? before?.evidence.at,
      fixes: [
        ...siblings.map(({ advice, reason }) => ({ advice, reason })),
        scaleFix(
          subject,
          before?.count ?? 1,
          before !== undefined
            ? 'that is what it had before'
            : `${needed ? 'it is still needed' : 'if it is meant to run'}; how many it had is not known`,
        ),
        ...(needed ? [removal(services)] : []),
      ].slice(0, 3),
      missingEvidence: ['whether somebody keeps it at zero on purpose'],
    },
  ];
}

const removal = (services: readonly Service[]): Fix => ({
  advice:
    services.length === 0 ? 'delete the HorizontalPodAutoscaler' : 'delete the Services and routes that lead to it',
  reason: 'if it is meant to stay down',
});

/** Nobody but the asker may miss what nothing leads to. */
function severityOf(found: { readonly needed: boolean; readonly isRouted: boolean; readonly isKnown: boolean }) {
  if (!found.needed) return 'low';
  if (found.isRouted) return 'critical';
  return found.isKnown ? undefined : 'medium';
}

/** A workload that runs and that one label of the selector keeps from the Service: the other colour of a blue-green pair. */
function siblingOf(snapshot: Snapshot, { spec, metadata }: Service) {
  const selector = Object.entries(spec?.selector ?? {});
  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    for (const other of snapshot.all(kind, metadata.namespace)) {
      const labels = other.spec?.template?.metadata?.labels ?? {};
      const [differing, ...more] = selector.filter(([key, value]) => labels[key] !== value);
      const has = differing && labels[differing[0]];
      if (has === undefined || more.length > 0 || selector.length < 2 || (other.status?.readyReplicas ?? 0) === 0)
        continue;
      const [key, value] = differing ?? [];
      const name = nameOf(refOf(other));
      return {
        says: `; ${name} runs, with ${key}=${has} instead of ${value}`,
        advice: `set spec.selector["${key}"] of Service/${metadata.name} to "${has}"`,
        reason: `if ${name} is meant to serve now: it is ready`,
      };
    }
  }
  return undefined;
}

/** Whether a Service leads to this workload and has no ready endpoint, and no other workload that wants pods. */
function isDeserted(snapshot: Snapshot, service: Service, subject: ObjectRef): boolean {
  const selected = selectedWorkloads(snapshot, service);
  if (!selected.some((ref) => keyOf(ref) === keyOf(subject))) return false;
  return readyEndpoints(snapshot, service)?.length === 0;
}

/** How many replicas there were, from the controller's event about scaling down. */
function countBefore(snapshot: Snapshot, workload: Scalable) {
  const event = snapshot
    .eventsAbout(workload)
    .findLast(
      ({ reason, message }) => reason === 'ScalingReplicaSet' && /Scaled down .* from \d+ to 0\b/.test(message),
    );
  const count = Number(/from (\d+) to 0\b/.exec(event?.message ?? '')?.[1]);
  if (event === undefined || !(count > 0)) return undefined;
  const evidence: Evidence = { object: refOf(workload), source: 'event', text: event.message, at: event.at };
  return { count, evidence };
}
