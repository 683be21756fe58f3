import { nearest } from '../../../../platform/nearest.ts';
import { minute, timeOf } from '../../../durations.ts';
import { aliasedService, externalNameOf } from '../../../external-names.ts';
import { blockedLookups } from '../../../network/blocked.ts';
import { type FailedCall, failedCalls, isNameDenied } from '../../../network/calls.ts';
import { keyOf, nameOf, type ObjectRef, refOf, type Service } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** What a Service is another name of may be applied right after it. */
const hold = minute;

export const serviceReferenceMissing = defineRule({
  id: 'service-reference-missing',
  title: 'A workload names a Service that does not exist',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning:
    'The name in the configuration resolves to nothing: the Service was deleted, renamed, or lies in another namespace.',
  detection:
    'A container says that there is no such host, the host can only mean a Service of the cluster, and all Services of ' +
    'that namespace were read without finding it. Services of a similar name and of the same name in other namespaces ' +
    'that were read are named. A resolver that gets no answer is another matter. Or a Service of type ExternalName, a ' +
    'minute old or missed by a container, is another name of a Service of the cluster that was looked for and not found.',
  remedies: ['Correct the name in the configuration.', 'Restore the Service when it was deleted.'],
  avoid: ['blaming DNS: it answers, and rightly, that there is no such name'],

  check: (snapshot) => {
    // Who may not ask the DNS has got no answer from it.
    const silenced = new Set(blockedLookups(snapshot).map(({ call }) => call.pod));
    const calls = failedCalls(snapshot);
    const missed = new Set(
      calls.flatMap(({ dependency: { service } }) => (service === undefined ? [] : keyOf(service))),
    );
    return [
      ...calls
        .filter((call) => isNameDenied(call) && !silenced.has(call.pod))
        .flatMap((call) => findingOf(snapshot, call)),
      ...snapshot
        .all('Service')
        .flatMap((service) => danglingName(snapshot, service, missed.has(keyOf(refOf(service))))),
    ];
  },
});

function findingOf(snapshot: Snapshot, call: FailedCall): readonly Finding[] {
  const { pod, container, dependency, words } = call;
  const { service, field, host } = dependency;
  if (service === undefined || snapshot.presence('Service', service.namespace, service.name) !== 'absent') return [];
  const subject = refOf(pod);
  const better = meant(snapshot, service);
  const hint = better === undefined ? '' : ` (there is ${better.text})`;
  const where = field === undefined ? '' : ` in ${field}`;
  return [
    {
      subject,
      container,
      problem: `asks for ${host}${where}, and there is no ${nameOf(service)} in namespace ${service.namespace}${hint}`,
      culprit: service,
      certainty: dependency.told ? 'message' : 'inferred',
      evidence: [
        ...(words === undefined
          ? []
          : [
              {
                object: subject,
                source: 'log' as const,
                text: (words.text.split('\n')[0] ?? '').slice(0, 300),
                at: words.at,
              },
            ]),
        { object: service, source: 'recomputed', text: servicesText(snapshot, service.namespace) },
      ],
      fixes: [
        ...(better === undefined
          ? []
          : [{ advice: `write ${better.host} instead of ${host}${where}`, reason: `${better.text} exists` }]),
        {
          advice: `create ${nameOf(service)} in namespace ${service.namespace}`,
          reason: 'if it was deleted, or is not deployed yet',
        },
      ],
      nextCheck: `kubectl get services -n ${service.namespace}`,
    },
  ];
}

/**
 * An ExternalName that leads to a Service of the cluster which is not there. Names outside of the cluster are not looked at.
 * @param missed whether a container already fails for it.
 */
function danglingName(snapshot: Snapshot, service: Service, missed: boolean): readonly Finding[] {
  const target = aliasedService(service);
  if (target === undefined || snapshot.presence('Service', target.namespace, target.name) !== 'absent') return [];
  if (!missed && snapshot.now - (timeOf(service.metadata.creationTimestamp) ?? 0) < hold) return [];
  const subject = refOf(service);
  const name = externalNameOf(service) ?? '';
  const noNamespace = snapshot.presence('Namespace', undefined, target.namespace ?? '') === 'absent';
  const better = meant(snapshot, target);
  const why = noNamespace
    ? `namespace ${target.namespace} does not exist`
    : `there is no ${nameOf(target)} in namespace ${target.namespace}`;
  return [
    {
      subject,
      problem: `leads nowhere: spec.externalName is ${name}, and ${why}${better === undefined ? '' : ` (there is ${better.text})`}`,
      culprit: target,
      certainty: 'recomputed',
      evidence: [
        { object: subject, source: 'spec', text: `spec.type is ExternalName, spec.externalName is ${name}` },
        { object: target, source: 'recomputed', text: `${nameOf(target)} was looked for and not found` },
      ],
      fixes: [
        {
          advice: `correct spec.externalName of ${nameOf(subject)} in namespace ${subject.namespace}${better === undefined ? '' : `: ${better.text} exists`}`,
          reason: 'whoever asks for it is sent to a name that does not resolve',
        },
        {
          advice: `create ${nameOf(target)} in namespace ${target.namespace}`,
          reason: 'if it was deleted, or is not deployed yet',
        },
      ],
      nextCheck: `kubectl get services -n ${target.namespace}`,
    },
  ];
}

/** A Service that may have been meant: one of a similar name, or of the same name in another namespace. */
function meant(
  snapshot: Snapshot,
  { namespace, name }: ObjectRef,
): { readonly text: string; readonly host: string } | undefined {
  const [alike] = nearest(name, snapshot.names('Service', namespace), 1);
  if (alike !== undefined) return { text: `Service/${alike}`, host: alike };
  const elsewhere = snapshot
    .all('Service')
    .find((service) => service.metadata.name === name && externalNameOf(service) === undefined);
  if (elsewhere === undefined) return undefined;
  const other = elsewhere.metadata.namespace ?? '';
  return { text: `Service/${name} in namespace ${other}`, host: `${name}.${other}` };
}

function servicesText(snapshot: Snapshot, namespace: string | undefined): string {
  const names = snapshot.names('Service', namespace);
  return names.length === 0
    ? 'the namespace has no Service'
    : `the namespace has the Services ${names.slice(0, 6).join(', ')}`;
}
