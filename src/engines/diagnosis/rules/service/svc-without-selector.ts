import { failedCalls } from '../../../network/calls.ts';
import { keyOf, refOf, type Service } from '../../../objects.ts';
import { routesTo, slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const svcWithoutSelector = defineRule({
  id: 'svc-without-selector',
  title: 'A Service selects nothing and nobody has given it endpoints',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'Without a selector Kubernetes finds no pods for the Service; its endpoints must be written by hand.',
  detection:
    'spec.selector is empty, the type is not ExternalName, no EndpointSlice of the Service holds an address, and ' +
    'somebody needs it: an Ingress leads to it, a container failed to reach it, or it is asked about.',
  remedies: ['Give the Service a selector, or an EndpointSlice with the addresses that it stands for.'],
  avoid: ['restarting its callers: they find nobody again'],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingOf(snapshot, service)),
});

function findingOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const { spec, metadata } = service;
  if (spec?.type === 'ExternalName' || Object.keys(spec?.selector ?? {}).length > 0) return [];
  if ((spec?.ports ?? []).length === 0) return [];
  if (snapshot.presence('EndpointSlice', metadata.namespace, '') === 'unknown') return [];
  if (
    slicesOf(snapshot, service).some(({ endpoints }) => endpoints?.some(({ addresses = [] }) => addresses.length > 0))
  )
    return [];
  const subject = refOf(service);
  const needs = needsOf(snapshot, service);
  const isAsked = snapshot.scope.object !== undefined && keyOf(snapshot.scope.object) === keyOf(subject);
  if (needs.length === 0 && !isAsked) return [];
  return [
    {
      subject,
      problem: 'leads nowhere: it has no spec.selector, and no EndpointSlice with addresses',
      certainty: 'declared',
      evidence: [{ object: subject, source: 'spec', text: 'spec.selector is empty' }, ...needs.slice(0, 3)],
      fixes: [
        {
          advice: `set spec.selector of Service/${subject.name} to labels of the pods that it stands for`,
          reason: 'if they run in this cluster',
        },
        {
          advice: `write an EndpointSlice with the label kubernetes.io/service-name=${subject.name} and the addresses`,
          reason: 'if they are outside',
        },
      ],
      nextCheck: `kubectl get endpointslices -n ${subject.namespace} -l kubernetes.io/service-name=${subject.name}`,
    },
  ];
}

/** Who needs it. */
const needsOf = (snapshot: Snapshot, service: Service): readonly Evidence[] => [
  ...routesTo(snapshot, refOf(service)).map(
    ({ ingress, path }): Evidence => ({ object: refOf(ingress), source: 'spec', text: `${path} leads to it` }),
  ),
  ...failedCalls(snapshot)
    .filter(({ dependency }) => dependency.service !== undefined && keyOf(dependency.service) === keyOf(refOf(service)))
    .map(
      ({ pod, words }): Evidence => ({
        object: refOf(pod),
        source: 'log',
        text: (words?.text.split('\n')[0] ?? 'its command asks for it').slice(0, 300),
        at: words?.at,
      }),
    ),
];
