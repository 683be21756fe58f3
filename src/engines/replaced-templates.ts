import { isCrashing } from './crashes/crashing.ts';
import { minute } from './durations.ts';
import type { ObjectRef, Pod, PodSpec, PodTemplate } from './objects.ts';
import { podsOf } from './owners.ts';
import { containersOf, isBroken, isTerminating, unreadyFor } from './pods.ts';
import { type TemplateChange, templateChanges } from './revisions.ts';
import type { Snapshot } from './snapshot.ts';

/** Which ControllerRevision a pod of a StatefulSet or DaemonSet was made from (apps `ControllerRevisionHashLabelKey`). */
export const revisionHashOf = ({ metadata }: Pod): string | undefined => metadata.labels?.['controller-revision-hash'];

/** The number at the end of the name of a StatefulSet's pod. */
export function ordinalOf({ metadata }: Pod): number | undefined {
  const digits = /-(\d+)$/.exec(metadata.name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The living pods of a StatefulSet with their ordinals, the lowest first. */
export function ordinalPods(snapshot: Snapshot, set: ObjectRef) {
  return podsOf(snapshot, set)
    .filter((pod) => !isTerminating(pod))
    .flatMap((pod) => {
      const ordinal = ordinalOf(pod);
      return ordinal === undefined ? [] : [{ pod, ordinal }];
    })
    .toSorted((a, b) => a.ordinal - b.ordinal);
}

/** Mounted into every pod, under a name of its own. */
const tokenVolume = 'kube-api-access-';
/** Fields of a pod that admission fills in where the template is silent, so that only a changed value counts. */
const told = /\.(image|command|args|env)\b/;

/**
 * What the current template says otherwise than a pod that was made from an older one. Pods carry what admission and
 * the scheduler added; that is no difference.
 */
export function driftOf(pod: Pod, template: PodTemplate | undefined): readonly TemplateChange[] {
  if (template?.spec === undefined) return [];
  return templateChanges({ spec: comparable(pod.spec) }, { spec: comparable(template.spec) }).filter(
    ({ field, after }) => !field.includes(tokenVolume) && (after !== undefined || told.test(field)),
  );
}

/** Only what both a template and its pods have. */
function comparable(spec: PodSpec | undefined): PodSpec {
  const { containers = [], initContainers = [], nodeSelector, serviceAccountName, volumes = [] } = spec ?? {};
  return {
    containers,
    initContainers,
    volumes,
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
  };
}

/** States of a container that waits for something on its way to its first start. */
const starting = new Set(['ContainerCreating', 'PodInitializing']);

/** Whether a pod is broken for good: not ready for a minute, crashing, or in a state that does not pass by itself. */
export const staysBroken = (pod: Pod, now: number): boolean =>
  isBroken(pod) &&
  (unreadyFor(pod, now) >= minute ||
    containersOf(pod).some((container) => {
      const reason = container.status?.state?.waiting?.reason;
      return (reason !== undefined && !starting.has(reason)) || isCrashing(pod, container, now);
    }));
