import { nearest } from '../../../../platform/nearest.ts';
import { aliasedService } from '../../../external-names.ts';
import { isAddress } from '../../../network/addresses.ts';
import { nameOf, type ObjectRef, refOf, type Service } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const svcExternalNameDangling = defineRule({
  id: 'svc-external-name-dangling',
  title: 'A Service is another name of something that does not exist',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'Whoever asks for this Service is sent on to a name that does not resolve.',
  detection:
    'spec.type is ExternalName, and spec.externalName is the cluster name of a Service that a read did not find, or an ' +
    'IP address, which DNS takes for a name. Names outside of the cluster are not judged.',
  remedies: ['Correct spec.externalName.', 'For an address, use a Service without a selector and an EndpointSlice.'],
  avoid: ['blaming DNS: it answers, and rightly, that there is no such name'],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingOf(snapshot, service)),
});

function findingOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const { type, externalName = '' } = service.spec ?? {};
  if (type !== 'ExternalName') return [];
  const fault = isAddress(externalName) ? addressFault : danglingFault(snapshot, service);
  if (fault === undefined) return [];
  const subject = refOf(service);
  return [
    {
      subject,
      problem: `leads nowhere: spec.externalName is ${externalName}, ${fault.says}`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `spec.externalName is ${externalName}` },
        ...(fault.evidence === undefined
          ? []
          : [{ object: subject, source: 'recomputed' as const, text: fault.evidence }]),
      ],
      fixes: fault.fixes,
      nextCheck: `kubectl get service ${subject.name} -n ${subject.namespace} -o yaml`,
    },
  ];
}

interface Fault {
  readonly says: string;
  readonly evidence?: string | undefined;
  readonly fixes: readonly Fix[];
}

const addressFault: Fault = {
  says: 'an IP address, and DNS takes it for a name',
  fixes: [
    {
      advice: 'make it a Service without selector, of type ClusterIP, with an EndpointSlice that holds the address',
      reason: 'that is how a Service leads to an address',
    },
  ],
};

function danglingFault(snapshot: Snapshot, service: Service): Fault | undefined {
  const target = aliasedService(service);
  if (target === undefined || snapshot.presence('Service', target.namespace, target.name) !== 'absent')
    return undefined;
  const names = snapshot.names('Service', target.namespace);
  const [alike] = nearest(target.name, names, 1);
  return {
    says: `and there is no ${nameOf(target)} in namespace ${target.namespace}${alike === undefined ? '' : ` (there is ${alike})`}`,
    evidence:
      names.length === 0 ? undefined : `namespace ${target.namespace} has the Services ${names.slice(0, 6).join(', ')}`,
    fixes: [
      {
        advice: `set spec.externalName of ${nameOf(refOf(service))} to ${alike === undefined ? 'the name of a Service that exists' : hostOf({ ...target, name: alike })}`,
        reason: alike === undefined ? 'if the name or the namespace is wrong' : `Service/${alike} exists`,
      },
      {
        advice: `create ${nameOf(target)} in namespace ${target.namespace}`,
        reason: 'if it was deleted, or is not deployed yet',
      },
    ],
  };
}

const hostOf = ({ namespace, name }: ObjectRef): string => `${name}.${namespace}.svc.cluster.local`;
