import { utilizationMetrics } from '../../autoscalers.ts';
import { nameOf, refOf } from '../../objects.ts';
import type { Action } from '../action.ts';
import { autoscalersOf, resizerOf, type Scaler, scalerOf } from '../scalers.ts';
import { affectedWorkload, replicasAfter, type Workload, wasListed } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

type Resize = Extract<Action, { name: 'resize_workload' }>;

/** G18: what an autoscaler sets is left to it. */
export const autoscaled: Guard = {
  id: 'G18',
  title: 'does not fight an autoscaler',

  check(draft, situation) {
    const replicas = replicasAfter(draft);
    if (replicas !== undefined) return ofScale(replicas, situation);
    return draft.action.name === 'resize_workload' ? ofResize(draft.action, situation) : undefined;
  },
};

function ofScale(replicas: number, { snapshot, target }: Situation) {
  const name = nameOf(refOf(target));
  const scaler = scalerOf(snapshot, refOf(target));
  if (scaler === undefined)
    return wasListed(snapshot, 'HorizontalPodAutoscaler', target.metadata.namespace)
      ? allow(`No autoscaler sets the replicas of ${name}.`)
      : approve(`HorizontalPodAutoscalers were not read, so one may set the replicas of ${name}.`);
  const { spec }: Workload = target;
  const { object, minimum, maximum = Number.POSITIVE_INFINITY } = scaler;
  // An autoscaler leaves alone what somebody has scaled to 0 (HPA controller `ScalingDisabled`).
  if (spec?.replicas === 0 && replicas >= Math.max(1, minimum) && replicas <= maximum)
    return approve(`${nameOf(object)} leaves ${name} alone at 0 replicas, and takes over from ${replicas}.`);
  return refuse(`${nameOf(object)} sets the replicas of ${name}, ${boundsText(scaler)}.`, boundsAdvice(scaler));
}

const boundsText = ({ minimum, maximum }: Scaler): string => `from ${minimum} to ${maximum ?? 'no known maximum'}`;
const boundsAdvice = ({ object, fields }: Scaler): string => `change ${fields.join(' or ')} of ${nameOf(object)}`;

function ofResize({ container, requests = {}, limits = {} }: Resize, situation: Situation) {
  const { snapshot } = situation;
  const workload = affectedWorkload(situation);
  const resized = (['cpu', 'memory'] as const).filter(
    (each) => requests[each] !== undefined || limits[each] !== undefined,
  );
  for (const resource of resized) {
    const by = resizerOf(snapshot, workload, { container, resource });
    if (by !== undefined)
      return refuse(
        `${nameOf(by)} sets the ${resource} of container ${container} of ${nameOf(workload)}.`,
        `change minAllowed or maxAllowed of ${nameOf(by)}`,
      );
  }
  const measured = autoscalersOf(snapshot, workload).find((autoscaler) =>
    utilizationMetrics(autoscaler).some(
      ({ resource }) => (resource === 'cpu' || resource === 'memory') && requests[resource] !== undefined,
    ),
  );
  return measured === undefined
    ? allow(`No autoscaler sets or measures what is resized of ${nameOf(workload)}.`)
    : approve(
        `${nameOf(refOf(measured))} scales ${nameOf(workload)} by its use in percent of the requests that would change.`,
      );
}
