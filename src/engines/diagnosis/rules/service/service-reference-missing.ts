import { nearest } from '../../../../platform/nearest.ts';
import { blockedLookups } from '../../../network/blocked.ts';
import { type FailedCall, failedCalls, isNameDenied } from '../../../network/calls.ts';
import { nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

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
    'that were read are named. A resolver that gets no answer is another matter.',
  remedies: ['Correct the name in the configuration.', 'Restore the Service when it was deleted.'],
  avoid: ['blaming DNS: it answers, and rightly, that there is no such name'],

  check: (snapshot) => {
    // Who may not ask the DNS has got no answer from it.
    const silenced = new Set(blockedLookups(snapshot).map(({ call }) => call.pod));
    return failedCalls(snapshot)
      .filter((call) => isNameDenied(call) && !silenced.has(call.pod))
      .flatMap((call) => findingOf(snapshot, call));
  },
});

function findingOf(snapshot: Snapshot, call: FailedCall): readonly Finding[] {
  const { pod, container, dependency, words } = call;
  const { service, field, host } = dependency;
  if (service === undefined || snapshot.presence('Service', service.namespace, service.name) !== 'absent') return [];
  const subject = refOf(pod);
  const set = governed(snapshot, service);
  const better = set === undefined ? meant(snapshot, service) : undefined;
  const hint = better === undefined ? '' : ` (there is ${better.text})`;
  const named = set === undefined ? field : `spec.serviceName of ${nameOf(set)}`;
  const where = named === undefined ? '' : ` in ${named}`;
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
        set === undefined
          ? {
              advice: `create ${nameOf(service)} in namespace ${service.namespace}`,
              reason: 'if it was deleted, or is not deployed yet',
            }
          : {
              advice: `create ${nameOf(service)} with clusterIP: None and the labels of ${nameOf(set)}'s pods as selector`,
              reason: 'it gives the pods their host names, and serviceName cannot be changed',
            },
      ],
      nextCheck: `kubectl get services -n ${service.namespace}`,
    },
  ];
}

/** The StatefulSet whose pods get their host names from a Service. */
function governed(snapshot: Snapshot, { namespace, name }: ObjectRef): ObjectRef | undefined {
  const set = snapshot.all('StatefulSet', namespace).find(({ spec }) => spec?.serviceName === name);
  return set && refOf(set);
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
    .find(({ metadata, spec }) => metadata.name === name && spec?.type !== 'ExternalName');
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
