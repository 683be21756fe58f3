import { nearest } from '../../../../platform/nearest.ts';
import { likelyService, namesakes } from '../../../namesakes.ts';
import { blockedLookups } from '../../../network/blocked.ts';
import { type FailedCall, failedCalls, isNameDenied } from '../../../network/calls.ts';
import { nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import { similarService } from '../../../similar-services.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
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
  const { pod, container, dependency } = call;
  const { field, host } = dependency;
  const service = dependency.service ?? inWrongNamespace(snapshot, host);
  const presence = service && snapshot.presence('Service', service.namespace, service.name);
  if (service !== undefined && presence === 'present') return foreignDomain(call, service);
  if (service === undefined || presence !== 'absent') return [];
  const subject = refOf(pod);
  const governed = governedBy(snapshot, service);
  // The names of a set's pods hang on this very Service, whatever is spelt alike.
  const better = governed.some(({ ref }) => ref.kind === 'StatefulSet') ? undefined : meant(snapshot, call, service);
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
        ...callEvidence(call),
        ...governed.map(({ ref, text }) => ({ object: ref, source: 'spec' as const, text })),
        { object: service, source: 'recomputed', text: servicesText(snapshot, service.namespace) },
      ],
      fixes: [
        ...governed.map(({ fix }) => fix),
        ...(better === undefined
          ? []
          : [{ advice: `write ${better.host} instead of ${host}${where}`, reason: `${better.text} exists` }]),
        ...(governed.some(({ ref }) => ref.kind === 'StatefulSet')
          ? []
          : [
              {
                advice: `create ${nameOf(service)} in namespace ${service.namespace}`,
                reason: 'if it was deleted, or is not deployed yet',
              },
            ]),
      ],
      nextCheck: `kubectl get services -n ${service.namespace}`,
    },
  ];
}

/** What `db.shop` means when there is no such Service, and one of that name in another namespace. */
function inWrongNamespace(snapshot: Snapshot, host: string): ObjectRef | undefined {
  const ref = likelyService(host);
  return ref !== undefined && namesakes(snapshot, ref.name).length > 0 ? ref : undefined;
}

/** A Service that may have been meant: one of a similar name, or of the same name in another namespace. */
function meant(
  snapshot: Snapshot,
  { pod, dependency: { host } }: FailedCall,
  { namespace, name }: ObjectRef,
): { readonly text: string; readonly host: string } | undefined {
  const alike = similarService(snapshot, pod, { namespace, name });
  const labels = host.split('.');
  if (alike !== undefined) {
    return { text: `Service/${alike}`, host: labels.map((label) => (label === name ? alike : label)).join('.') };
  }
  const [other] = namesakes(snapshot, name);
  return other === undefined
    ? undefined
    : {
        text: `Service/${name} in namespace ${other}`,
        host: `${name}.${other}${host.includes('.svc.') ? '.svc.cluster.local' : ''}`,
      };
}

/** The domain of most clusters; another one is configured in the kubelets, and no API tells it. */
const clusterDomain = 'cluster.local';

/** A Service that exists, under a domain that DNS does not know: `db.shop.svc.cluster.locl`. */
function foreignDomain(call: FailedCall, service: ObjectRef): readonly Finding[] {
  const { pod, container, dependency, words } = call;
  const { host, field } = dependency;
  const domain = host.split('.svc.')[1];
  if (domain === undefined || domain === clusterDomain || words === undefined) return [];
  const subject = refOf(pod);
  const where = field === undefined ? '' : ` in ${field}`;
  const right = host.slice(0, host.length - domain.length) + clusterDomain;
  return [
    {
      subject,
      container,
      problem: `asks for ${host}${where}, which does not resolve: ${nameOf(service)} exists, but the domain is ${domain}, not ${clusterDomain}`,
      certainty: nearest(domain, [clusterDomain], 1).length > 0 ? 'message' : 'inferred',
      evidence: [...callEvidence(call), { object: service, source: 'recomputed', text: 'exists' }],
      fixes: [{ advice: `write ${right} instead of ${host}${where}`, reason: `${nameOf(service)} has that name` }],
      nextCheck: `kubectl exec -n ${subject.namespace} ${subject.name} -c ${container} -- cat /etc/resolv.conf`,
    },
  ];
}

/** Sets and pods whose names in DNS hang on the missing Service. */
function governedBy(snapshot: Snapshot, { namespace, name }: ObjectRef) {
  const sets = snapshot
    .all('StatefulSet', namespace)
    .filter(({ spec }) => spec?.serviceName === name)
    .map((set) => ({
      ref: refOf(set),
      text: `spec.serviceName is ${name}`,
      fix: {
        advice: `create the headless Service/${name} (clusterIP: None) that selects the pods of ${nameOf(refOf(set))}, or set spec.serviceName of a new set to one that exists`,
        reason: `${nameOf(refOf(set))} names it in spec.serviceName, and its pods have no names in DNS without it`,
      },
    }));
  const pods = snapshot
    .all('Pod', namespace)
    .filter(({ spec, metadata }) => spec?.subdomain === name && metadata.ownerReferences === undefined)
    .map((pod) => ({
      ref: refOf(pod),
      text: `spec.subdomain is ${name}`,
      fix: {
        advice: `set spec.subdomain of ${nameOf(refOf(pod))} to the name of the headless Service that selects it`,
        reason: 'a pod has its name in DNS below that Service only',
      },
    }));
  return [...sets, ...pods].slice(0, 1);
}

function servicesText(snapshot: Snapshot, namespace: string | undefined): string {
  const names = snapshot.names('Service', namespace);
  return names.length === 0
    ? 'the namespace has no Service'
    : `the namespace has the Services ${names.slice(0, 6).join(', ')}`;
}
