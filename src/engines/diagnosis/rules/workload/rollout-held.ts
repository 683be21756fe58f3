import { nameOf, type ObjectRef, type Of, refOf } from '../../../objects.ts';
import { podsOf } from '../../../owners.ts';
import { driftOf, ordinalPods, revisionHashOf, staysBroken } from '../../../replaced-templates.ts';
import { describeChange, revisionsOf, type TemplateChange, templateChanges } from '../../../revisions.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { targetOf } from '../../heal-fixes.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

const namedChanges = 2;

export const rolloutHeld = defineRule({
  id: 'rollout-held',
  title: 'A change of the template is held back',
  area: 'workload',
  class: 'risk',
  severity: 'medium',
  meaning:
    'The template was changed, and the pods do not get it: the rollout is paused, a partition keeps them back, or they ' +
    'are only replaced when somebody deletes them. When the pods are broken, the change may be what would mend them.',
  detection:
    'spec.paused of a Deployment whose template differs from its newest ReplicaSet, or whose rollout is half done; a ' +
    'partition or OnDelete of a StatefulSet with pods that are not of status.updateRevision; OnDelete of a DaemonSet ' +
    'with status.updatedNumberScheduled below desiredNumberScheduled. A paused workload without a pending change is fine.',
  remedies: [
    'Resume the rollout, lower the partition, or delete the pods one by one, when nobody holds it on purpose.',
  ],
  avoid: [
    'resuming what somebody else holds: it may be a canary',
    'deleting all pods at once to force an OnDelete update',
  ],

  check: (snapshot) => [
    ...snapshot.all('Deployment').flatMap((deployment) => pausedDeployment(snapshot, deployment)),
    ...snapshot.all('StatefulSet').flatMap((set) => heldSet(snapshot, set)),
    ...snapshot.all('DaemonSet').flatMap((set) => heldDaemons(snapshot, set)),
  ],
});

interface Held {
  readonly subject: ObjectRef;
  /** The field that holds it, with its value. */
  readonly field: string;
  readonly consequence: string;
  readonly changes: readonly TemplateChange[];
  /** Whether the pods that lack the change are broken, or missing altogether. */
  readonly broken: boolean;
  readonly resume: Fix;
  readonly at?: string | undefined;
}

function pausedDeployment(snapshot: Snapshot, deployment: Of<'Deployment'>): readonly Finding[] {
  const { spec, status } = deployment;
  const subject = refOf(deployment);
  if (spec?.paused !== true || status === undefined || (spec.replicas ?? 1) === 0) return [];
  if (snapshot.presence('ReplicaSet', subject.namespace, '') === 'unknown') return [];
  const [current] = revisionsOf(snapshot, subject);
  const changes = current === undefined ? [] : templateChanges(current.template, spec.template);
  const { replicas = 0, updatedReplicas = 0 } = status;
  const half = changes.length === 0 && updatedReplicas > 0 && updatedReplicas < replicas;
  if (current !== undefined && changes.length === 0 && !half) return [];
  const paused = status.conditions?.find(({ reason }) => reason === 'DeploymentPaused');
  return [
    findingOf({
      subject,
      field: 'spec.paused is true',
      consequence:
        current === undefined
          ? 'makes no pods'
          : half
            ? `stopped its rollout with ${updatedReplicas} of ${replicas} pods updated`
            : 'does not roll out the change of its template',
      changes,
      broken:
        current === undefined ||
        (!half && changes.some(inSpec) && podsOf(snapshot, subject).some((pod) => staysBroken(pod, snapshot.now))),
      resume: {
        advice: `kubectl rollout resume ${targetOf(subject)} -n ${subject.namespace}`,
        reason: 'nothing else holds it back; ask first who paused it',
      },
      at: paused?.lastUpdateTime,
    }),
  ];
}

/** Labels and annotations mend no pod. */
const inSpec = ({ field }: TemplateChange): boolean => !/^(labels|annotations)\b/.test(field);

function heldSet(snapshot: Snapshot, set: Of<'StatefulSet'>): readonly Finding[] {
  const { spec, status } = set;
  const { type = 'RollingUpdate', rollingUpdate } = spec?.updateStrategy ?? {};
  const partition = rollingUpdate?.partition ?? 0;
  const onDelete = type === 'OnDelete';
  const target = status?.updateRevision;
  if (target === undefined || target === status?.currentRevision || (!onDelete && partition === 0)) return [];
  const subject = refOf(set);
  const held = ordinalPods(snapshot, subject).filter(
    ({ pod, ordinal }) => revisionHashOf(pod) !== target && (onDelete || ordinal < partition),
  );
  const left = held.length > 0 ? held.length : (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  const worst = held.find(({ pod }) => staysBroken(pod, snapshot.now)) ?? held[0];
  const changes = worst === undefined ? [] : driftOf(worst.pod, spec?.template);
  if (left <= 0) return [];
  const at = `-n ${subject.namespace}`;
  return [
    findingOf({
      subject,
      field: onDelete ? 'updateStrategy.type is OnDelete' : `updateStrategy.rollingUpdate.partition is ${partition}`,
      consequence: `keeps ${left} of ${status?.replicas ?? left} pods at the old template`,
      changes,
      broken: changes.length > 0 && worst !== undefined && staysBroken(worst.pod, snapshot.now),
      resume: onDelete
        ? {
            advice: `kubectl delete pod ${worst?.pod.metadata.name ?? `${subject.name}-0`} ${at}, then the next when it is ready`,
            reason: 'with OnDelete a pod gets the new template only when it is deleted',
          }
        : {
            advice: `kubectl patch ${targetOf(subject)} ${at} -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`,
            reason: 'pods with an ordinal below the partition keep the old template; ask first who set it',
          },
    }),
  ];
}

function heldDaemons(snapshot: Snapshot, set: Of<'DaemonSet'>): readonly Finding[] {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0 } = set.status ?? {};
  const left = desiredNumberScheduled - updatedNumberScheduled;
  if (set.spec?.updateStrategy?.type !== 'OnDelete' || left <= 0 || set.status === undefined) return [];
  const subject = refOf(set);
  const drifted = podsOf(snapshot, subject)
    .map((pod) => ({ pod, changes: driftOf(pod, set.spec?.template) }))
    .filter(({ changes }) => changes.length > 0);
  // Without a pod of an older template, pods are missing rather than held back.
  const worst = drifted.find(({ pod }) => staysBroken(pod, snapshot.now)) ?? drifted[0];
  if (worst === undefined) return [];
  return [
    findingOf({
      subject,
      field: 'updateStrategy.type is OnDelete',
      consequence: `keeps ${left} of ${desiredNumberScheduled} pods at the old template`,
      changes: worst.changes,
      broken: staysBroken(worst.pod, snapshot.now),
      resume: {
        advice: `kubectl delete pod ${worst.pod.metadata.name} -n ${subject.namespace}, then the next when it is ready`,
        reason: 'with OnDelete a pod gets the new template only when it is deleted',
      },
    }),
  ];
}

function findingOf({ subject, field, consequence, changes, broken, resume, at }: Held): Finding {
  const shown = changes.slice(0, namedChanges).map(describeChange).join(', ');
  return {
    subject,
    problem: `${consequence}, because ${field}${shown === '' ? '' : `; held back: ${shown}`}`,
    class: broken ? 'cause' : 'risk',
    severity: broken ? 'high' : undefined,
    certainty: 'declared',
    evidence: [{ object: subject, source: 'spec', text: `${nameOf(subject)}: ${field}`, at }],
    since: at,
    fixes: [resume],
    missingEvidence: ['whether somebody holds it on purpose'],
  };
}
