import { isAskedAbout } from '../../../asked-about.ts';
import { nameOf, refOf, type Service } from '../../../objects.ts';
import { type EndpointSlice, slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';
import { needsOf } from '../../service-needs.ts';

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
  if (needs.length === 0 && !isAskedAbout(snapshot, refOf(service))) return [];
  const stray = straySlice(snapshot, service);
  return [
    {
      subject,
      problem: `leads nowhere: it has no spec.selector, and no EndpointSlice with addresses${stray === undefined ? '' : ` (${nameOf(refOf(stray))} lacks the label kubernetes.io/service-name=${subject.name})`}`,
      certainty: 'declared',
      evidence: [{ object: subject, source: 'spec', text: 'spec.selector is empty' }, ...needs.slice(0, 3)],
      fixes: [
        ...(stray === undefined ? [] : [labelFix(stray, subject.name)]),
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

/** An EndpointSlice with addresses that no Service claims and that is named after this one. */
const straySlice = (snapshot: Snapshot, { metadata: { namespace, name } }: Service): EndpointSlice | undefined =>
  snapshot
    .all('EndpointSlice', namespace)
    .find(
      ({ metadata, endpoints }) =>
        metadata.labels?.['kubernetes.io/service-name'] === undefined &&
        (metadata.name === name || metadata.name.startsWith(`${name}-`)) &&
        endpoints?.some(({ addresses = [] }) => addresses.length > 0),
    );

const labelFix = ({ metadata: { namespace, name } }: EndpointSlice, service: string) => ({
  advice: `kubectl label endpointslice ${name} -n ${namespace} kubernetes.io/service-name=${service}`,
  reason: 'this label, not the name, ties an EndpointSlice to its Service',
});
