import { anObject, minutesAgo } from './builders.ts';

/** An autoscaler of `Deployment/web` with a cpu target of 80 %, and these conditions that are False. */
export const anAutoscaler = (
  name: string,
  failed: Readonly<Record<string, readonly [reason: string, message: string, minutes?: number]>> = {},
  { spec = {}, status = {} }: { spec?: object; status?: object } = {},
) =>
  anObject('HorizontalPodAutoscaler', name, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
      ...spec,
    },
    status: {
      conditions: Object.entries(failed).map(([type, [reason, message, minutes = 10]]) => ({
        type,
        status: 'False',
        reason,
        message,
        lastTransitionTime: minutesAgo(minutes),
      })),
      ...status,
    },
  });
