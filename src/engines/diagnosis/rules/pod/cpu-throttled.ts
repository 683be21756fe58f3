import { refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import type { ProbeFailure } from '../../../probes/probes.ts';
import { formatQuantity } from '../../../quantity.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type CpuUse, cpuUseOf, cpuUseText, isAtLimit, slowProbes } from '../../../usage/cpu-limits.ts';
import { kubectlName } from '../../crash-finding.ts';
import { appWords, outcomeClause, probeClause, probeFinding } from '../../probe-finding.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const cpuThrottled = defineRule({
  id: 'cpu-throttled',
  title: 'A container is held back by its CPU limit',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The container uses all the CPU that its limit allows, the kernel makes it wait, and it answers its probe too late.',
  detection:
    'A probe gets no answer in time, or the start is too slow for the startup probe, and the metrics API (PodMetrics of ' +
    'metrics.k8s.io, read only then) says that the running container uses 95 % of its CPU limit or more, or all containers ' +
    "of the pod of the pod's. Figures that are older than 5 minutes or than the instance are not looked at; an app whose " +
    'log says that it waits for something else is another finding. The API does not tell throttling itself, hence no more ' +
    'than likely: the next check does. Without the metrics API nothing is said.',
  remedies: [
    'Raise the CPU limit, or remove it where the node and the policy of the namespace allow.',
    'Add replicas where the load is shared among them.',
    'Find what uses the CPU, when it is no work that anybody asked for.',
  ],
  avoid: [
    'raising only the timeout of the probe: users wait as long as the probe does',
    'restarting under load: the start costs more CPU than it frees',
  ],

  check: (snapshot) =>
    slowProbes(snapshot).flatMap((failure) => {
      const use = cpuUseOf(snapshot, failure.pod, failure.container);
      if (use === undefined || !isAtLimit(use)) return [];
      return appWords(snapshot, failure).dependency === undefined ? [findingOf(snapshot, failure, use)] : [];
    }),
});

function findingOf(snapshot: Snapshot, failure: ProbeFailure, use: CpuUse): Finding {
  const { pod, container } = failure;
  const base = probeFinding(snapshot, failure);
  const whose = use.of === 'pod' ? 'the CPU limit of its pod' : 'its CPU limit';
  return {
    ...base,
    problem: `${probeClause(failure)} ${outcomeClause(failure)}, while container ${container.name} uses all of ${whose} of ${use.limitText}`,
    certainty: 'inferred',
    evidence: [
      {
        object: refOf(pod),
        source: 'status',
        text: `metrics.k8s.io: container ${container.name} uses ${cpuUseText(use)}`,
        at: use.measuredAt,
      },
      ...base.evidence,
    ],
    fixes: [
      limitFix(snapshot, failure, use),
      {
        advice: `find what uses the CPU in container ${container.name} while the probe waits`,
        reason: 'more CPU does not end a loop that should not run',
      },
    ],
    missingEvidence: ['throttling itself, which the metrics API does not tell'],
    nextCheck: `kubectl get --raw /api/v1/nodes/${pod.spec?.nodeName}/proxy/metrics/cadvisor | grep 'container_cpu_cfs_throttled_periods_total.*pod="${pod.metadata.name}"'`,
  };
}

/** Twice as much: whether that is enough shows once the limit is not used up any more. */
function limitFix(snapshot: Snapshot, { pod, container }: ProbeFailure, { limit, limitText, of }: CpuUse): Fix {
  const workload = workloadOf(snapshot, pod);
  const step = formatQuantity('cpu', limit * 2);
  const settable = of === 'container' && workload.kind !== 'Pod' && workload.kind !== 'Job';
  return {
    advice: settable
      ? `kubectl set resources ${kubectlName(workload)} -c ${container.name} --limits=cpu=${step}`
      : `raise the CPU limit of ${of === 'pod' ? 'the pod' : `container ${container.name}`} from ${limitText} to ${step}`,
    reason: `it uses all of ${limitText}, and its probe waits`,
  };
}
