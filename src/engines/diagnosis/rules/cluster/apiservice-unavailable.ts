import { minute, timeOf } from '../../../durations.ts';
import { nameOf, type ObjectRef, type Of, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** The aggregator looks every few seconds, and a backend may restart. */
const hold = minute;

export const apiserviceUnavailable = defineRule({
  id: 'apiservice-unavailable',
  title: 'An aggregated API does not answer',
  area: 'cluster',
  class: 'symptom',
  severity: 'high',
  meaning:
    'An API that a Service in the cluster serves is down. Autoscalers get no metrics, and namespaces cannot be deleted, ' +
    'because their content cannot be listed.',
  detection:
    'The Available condition of an APIService is False for a minute, with its reason (ServiceNotFound, EndpointsNotFound, ' +
    'MissingEndpoints, FailedDiscoveryCheck). APIServices are read when an autoscaler or a namespace that stays points to ' +
    'them. What is wrong with the Service behind it or its pods explains it.',
  remedies: [
    'Heal the pods behind its Service.',
    'Delete the APIService only when what it belonged to is gone for good.',
  ],
  avoid: ['deleting the APIService of something that shall come back'],

  check: (snapshot) => snapshot.all('APIService').flatMap((api) => findingOf(snapshot, api)),
});

function findingOf(snapshot: Snapshot, api: Of<'APIService'>): readonly Finding[] {
  const { namespace, name } = api.spec?.service ?? {};
  const failed = api.status?.conditions?.find(({ type, status }) => type === 'Available' && status === 'False');
  const since = timeOf(failed?.lastTransitionTime);
  if (failed === undefined || (since !== undefined && snapshot.now - since < hold)) return [];
  const subject = refOf(api);
  const service: ObjectRef | undefined = name === undefined ? undefined : { kind: 'Service', namespace, name };
  const absent = service !== undefined && snapshot.presence('Service', namespace, service.name) === 'absent';
  const behind = service === undefined ? '' : ` (${nameOf(service)} in namespace ${namespace})`;
  return [
    {
      subject,
      problem: `does not answer: ${absent ? `its ${nameOf(service)} in namespace ${namespace} does not exist` : `${failed.reason ?? 'not available'}${behind}`}`,
      dependsOn: service === undefined ? [] : [service],
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `Available is False: ${failed.reason}: ${failed.message ?? ''}`,
          at: failed.lastTransitionTime,
        },
      ],
      since: failed.lastTransitionTime,
      fixes: [
        absent
          ? {
              advice: `install again what served ${subject.name}, or kubectl delete apiservice ${subject.name}`,
              reason: 'its Service is gone; delete it only when nobody needs that API',
            }
          : {
              advice: `heal the pods behind ${service === undefined ? 'it' : nameOf(service)}`,
              reason: 'the aggregator notices by itself',
            },
      ],
      nextCheck:
        service === undefined
          ? undefined
          : `kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`,
    },
  ];
}
