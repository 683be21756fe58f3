import {
  type Autoscaler,
  failedCondition,
  metricsApiOf,
  missingContainers,
  scaleTargetOf,
} from '../../../autoscalers.ts';
import { minute } from '../../../durations.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { podsOf } from '../../../owners.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

/** Metrics of a new pod come after a scrape or two, and every autoscaler complains before. */
const hold = 3 * minute;
/** An API that is not served will not come by waiting. */
const unservedHold = minute;

export const hpaMetricsUnavailable = defineRule({
  id: 'hpa-metrics-unavailable',
  title: 'An autoscaler gets no metrics',
  area: 'workload',
  class: 'symptom',
  severity: 'high',
  meaning: 'The autoscaler is blind and does not scale; the workload keeps the replicas that it happens to have.',
  detection:
    'ScalingActive is False with FailedGet…Metric for three minutes (one when the API is not served), for another reason ' +
    'than a missing request. The APIService behind that kind of metric is read: whether it exists, and whether it is ' +
    'available. Pods that are not ready have no metrics: what is wrong with them explains it.',
  remedies: [
    'Heal metrics-server or the adapter behind the APIService.',
    'Install the adapter, or name a metric that it has.',
  ],
  avoid: ['setting replicas by hand and forgetting it'],

  check: (snapshot) => snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => findingOf(snapshot, autoscaler)),
});

function findingOf(snapshot: Snapshot, autoscaler: Autoscaler): readonly Finding[] {
  const failed = failedCondition(snapshot, autoscaler, 'ScalingActive');
  const target = scaleTargetOf(autoscaler);
  if (failed === undefined || target === undefined || !/^FailedGet\w+Metric$/.test(failed.reason)) return [];
  if (/missing request/i.test(failed.message) || missingContainers(snapshot, autoscaler).length > 0) return [];
  const behind = metricsApiOf(failed.reason);
  const api = behind === undefined ? undefined : { kind: 'APIService', name: behind.api };
  const absent = api !== undefined && snapshot.presence('APIService', undefined, api.name) === 'absent';
  if (failed.age < (absent ? unservedHold : hold)) return [];
  const subject = refOf(autoscaler);
  const pods = podsOf(snapshot, target);
  const why = absent
    ? `${nameOf(api)} does not exist, so nobody serves such metrics`
    : essenceOf(
        failed.message,
        pods.map(({ metadata }) => metadata.name),
      );
  const recomputed: readonly Evidence[] = absent
    ? [{ object: api, source: 'recomputed', text: `${nameOf(api)} was looked for and not found` }]
    : [];
  return [
    {
      subject,
      problem: `gets no metrics for ${nameOf(target)}: ${why}`,
      culprit: absent ? api : undefined,
      class: absent ? 'cause' : undefined,
      dependsOn: api === undefined || absent ? [] : [api],
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `ScalingActive is False: ${failed.reason}: ${failed.message}`,
          at: failed.at,
        },
        ...recomputed,
      ],
      since: failed.at,
      fixes:
        behind === undefined
          ? []
          : [
              absent
                ? { advice: `install ${behind.what}, or use another metric`, reason: `it serves ${behind.api}` }
                : {
                    advice: `find out what ${behind.what} answers: kubectl get apiservice ${behind.api}`,
                    reason: 'the autoscaler asks it every 15 s and goes on by itself',
                  },
            ],
      nextCheck: `kubectl describe hpa ${subject.name} -n ${subject.namespace}`,
    },
  ];
}

/** The innermost words, without what names one pod. */
function essenceOf(message: string, pods: readonly string[]): string {
  const words = message
    .replace(/^the HPA was unable to compute the replica count: /i, '')
    .replace(/^(?:failed|unable) to get [^:]*: /i, '')
    .replace(/^(?:failed|unable) to get [^:]*: /i, '');
  return pods.reduce((text, pod) => text.replaceAll(pod, 'POD'), words);
}
