import type { Pod } from './objects.ts';
import { containersOf, isFinished, type PodContainer, podCondition } from './pods.ts';

export const issueSeverities = ['high', 'medium', 'low'] as const;

/** One thing that is wrong with a pod, as its own status says it; the field names are the public contract. */
export interface PodIssue {
  readonly severity: (typeof issueSeverities)[number];
  /** The reason that Kubernetes gives, or `frequent_restarts`, `not_ready`. */
  readonly type: string;
  /** Absent when the pod as a whole has it. */
  readonly container?: string;
  readonly message: string;
  readonly restart_count: number;
}

/** More restarts than this are an issue of their own. */
const usualRestarts = 3;

/** What is wrong with a pod, the worst first; empty for a healthy or completed one. */
export function podIssues(pod: Pod): readonly PodIssue[] {
  const issues = [...podLevel(pod), ...containersOf(pod).flatMap((container) => containerIssues(pod, container))];
  return issues.toSorted((a, b) => issueSeverities.indexOf(a.severity) - issueSeverities.indexOf(b.severity));
}

function podLevel(pod: Pod): readonly PodIssue[] {
  const scheduled = podCondition(pod, 'PodScheduled');
  const unscheduled: readonly PodIssue[] =
    scheduled?.status === 'False'
      ? [
          {
            severity: 'high',
            type: scheduled.reason ?? 'Unschedulable',
            message: scheduled.message ?? 'no node was found',
            restart_count: 0,
          },
        ]
      : [];
  const { phase, reason, message = 'the pod failed' } = pod.status ?? {};
  const failed: readonly PodIssue[] =
    phase === 'Failed' && reason !== undefined ? [{ severity: 'high', type: reason, message, restart_count: 0 }] : [];
  return [...unscheduled, ...failed];
}

function containerIssues(pod: Pod, { name, init, sidecar, status }: PodContainer): readonly PodIssue[] {
  if (status === undefined) return [];
  const restart_count = status.restartCount ?? 0;
  const issue = (severity: PodIssue['severity'], type: string, message: string): PodIssue => ({
    severity,
    type,
    container: name,
    message,
    restart_count,
  });
  const { waiting, terminated, running } = status.state ?? {};
  const died = terminated ?? (waiting === undefined ? undefined : status.lastState?.terminated);
  const death =
    died === undefined
      ? ''
      : `last exit: code ${died.exitCode ?? '?'}${died.reason === undefined ? '' : ` (${died.reason})`}`;
  const serves = !init || sidecar;
  return [
    ...(waiting === undefined
      ? []
      : [
          issue(
            'high',
            waiting.reason ?? 'Waiting',
            [waiting.message, death].filter(Boolean).join('; ') || 'waiting to start',
          ),
        ]),
    ...(terminated !== undefined && terminated.exitCode !== 0
      ? [issue('high', terminated.reason ?? 'Error', [terminated.message, death].filter(Boolean).join('; '))]
      : []),
    ...(restart_count > usualRestarts
      ? [issue('medium', 'frequent_restarts', `restarted ${restart_count} times`)]
      : []),
    ...(running !== undefined && serves && status.ready === false && !isFinished(pod)
      ? [issue('medium', 'not_ready', 'runs, and is not ready')]
      : []),
  ];
}
