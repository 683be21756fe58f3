import { nearest } from '../../../../platform/nearest.ts';
import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { minute } from '../../../durations.ts';
import type { ClusterEvent } from '../../../events.ts';
import { nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { podSpecPath } from '../../../pod-spec-path.ts';
import { unreadySince } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const referenceObjectMissing = defineRule({
  id: 'reference-object-missing',
  title: 'A ServiceAccount, PriorityClass or RuntimeClass does not exist',
  area: 'workload',
  class: 'cause',
  severity: 'high',
  meaning: 'The pod template names an object without which the API server creates no pod, or the node starts none.',
  detection:
    'Pods are refused with "error looking up service account", "no PriorityClass with name" or `RuntimeClass "X" not ' +
    'found` (FailedCreate events and ReplicaFailure conditions), or a pod with a node waits because its token cannot ' +
    'be fetched or the node has no runtime for its RuntimeClass. What exists by now is silent. Similar names are named.',
  remedies: [
    'Correct the name in the pod template, or roll back when it is new.',
    'Recreate the object from its source.',
  ],
  avoid: ['switching to the default ServiceAccount', 'dropping the RuntimeClass: it takes the sandbox away'],

  check: (snapshot) => [
    ...creationFailures(snapshot).flatMap((failure) => refusedPods(snapshot, failure)),
    ...brokenPods(snapshot).flatMap((pod) => waitingPods(snapshot, pod)),
  ],
});

interface Missing {
  readonly kind: 'ServiceAccount' | 'PriorityClass' | 'RuntimeClass';
  readonly name: string;
  /** Field of the pod spec that names it. */
  readonly field: string;
}

const refusals: readonly (readonly [RegExp, Missing['kind'], string])[] = [
  [/error looking up service account \S+?\/([^\s:]+)/i, 'ServiceAccount', 'serviceAccountName'],
  [/no PriorityClass with name (\S+) was found/i, 'PriorityClass', 'priorityClassName'],
  [/RuntimeClass "([^"]+)" not found/i, 'RuntimeClass', 'runtimeClassName'],
];

function refusedPods(snapshot: Snapshot, failure: CreationFailure): readonly Finding[] {
  const { owner, controller, message, at, source, since } = failure;
  for (const [pattern, kind, field] of refusals) {
    const name = pattern.exec(message)?.[1];
    if (name === undefined) continue;
    const missing: Missing = { kind, name, field };
    const object = refTo(missing, owner.namespace);
    const presence = snapshot.presence(kind, object.namespace, name);
    if (presence === 'present') return [];
    const near = nearTo(snapshot, object);
    const workload = snapshot.head(owner);
    return [
      {
        subject: owner,
        problem: `cannot create pods: ${nameOf(object)} does not exist${near ? ` (${near} does)` : ''}`,
        culprit: object,
        certainty: presence === 'absent' ? 'declared' : 'message',
        evidence: [
          { object: controller, source, text: message, at },
          { object: owner, source: 'spec', text: `${podSpecPath(owner)}.${field} is ${name}` },
        ],
        since,
        avoid: [bypasses[kind]],
        fixes: [
          ...(workload === undefined ? [] : rollbackAdvice(snapshot, workload, (changed) => changed === field)),
          ...fixesFor(missing, object, { near, workload: owner }),
        ],
      },
    ];
  }
  return [];
}

interface Place {
  readonly near: string | undefined;
  readonly workload: ObjectRef;
}

function fixesFor({ kind, name, field }: Missing, object: ObjectRef, { near, workload }: Place): readonly Fix[] {
  const scope = object.namespace === undefined ? 'the cluster' : `namespace ${object.namespace}`;
  return [
    ...(near === undefined
      ? []
      : [{ advice: `set ${podSpecPath(workload)}.${field} to ${near}`, reason: `${near} exists and differs little` }]),
    { advice: `recreate ${kind}/${name} in ${scope} from its source`, reason: `${field} names it` },
    ...(near === undefined
      ? [{ advice: `correct spec.template.spec.${field}`, reason: 'if the name is wrong, or of another cluster' }]
      : []),
  ];
}

const bypasses: Readonly<Record<Missing['kind'], string>> = {
  ServiceAccount: 'switching to the default ServiceAccount: its permissions are other ones',
  PriorityClass: 'dropping the PriorityClass: its pods are then the first to give way',
  RuntimeClass: 'dropping the RuntimeClass: it takes the sandbox away',
};

const refTo = ({ kind, name }: Missing, namespace: string | undefined): ObjectRef =>
  kind === 'ServiceAccount' ? { kind, namespace, name } : { kind, name };

const nearTo = (snapshot: Snapshot, { kind, namespace, name }: ObjectRef): string | undefined =>
  nearest(
    name,
    snapshot.names(kind, namespace).filter((other) => other !== name),
    1,
  )[0];

/** Kubelet and runtime try again within minutes; older complaints are over. */
const stillTrying = 10 * minute;

function waitingPods(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  if (pod.spec?.nodeName === undefined) return [];
  const recent = snapshot
    .eventsAbout(pod)
    .filter(({ type, last }) => type === 'Warning' && snapshot.now - (last ?? snapshot.now) <= stillTrying);
  return [
    ...tokenFindings(
      snapshot,
      pod,
      recent.findLast(({ message }) => /failed to fetch token/i.test(message)),
    ),
    ...runtimeFindings(
      pod,
      recent.findLast(({ message }) => /no runtime for "[^"]+" is configured/i.test(message)),
    ),
  ];
}

/** The kubelet asks for a token for the ServiceAccount of a pod that was admitted while it existed. */
function tokenFindings(snapshot: Snapshot, pod: Pod, event: ClusterEvent | undefined): readonly Finding[] {
  const name = /serviceaccounts? "([^"]+)" not found/i.exec(event?.message ?? '')?.[1];
  if (event === undefined || name === undefined) return [];
  const missing: Missing = { kind: 'ServiceAccount', name, field: 'serviceAccountName' };
  const object = refTo(missing, pod.metadata.namespace);
  const presence = snapshot.presence('ServiceAccount', object.namespace, name);
  if (presence === 'present') return [];
  return [
    {
      subject: refOf(pod),
      problem: `cannot start: ${nameOf(object)} does not exist any more, so its pods get no token`,
      culprit: object,
      certainty: presence === 'absent' ? 'declared' : 'message',
      evidence: [{ object: refOf(pod), source: 'event', text: withoutVolume(event.message), at: event.at }],
      since: unreadySince(pod),
      avoid: [bypasses.ServiceAccount],
      fixes: fixesFor(missing, object, { near: nearTo(snapshot, object), workload: workloadOf(snapshot, pod) }),
    },
  ];
}

/** The name of the token's volume is random. */
const withoutVolume = (message: string): string => message.replace(/for volume "[^"]*" /, '');

function runtimeFindings(pod: Pod, event: ClusterEvent | undefined): readonly Finding[] {
  const handler = /no runtime for "([^"]+)" is configured/i.exec(event?.message ?? '')?.[1];
  if (event === undefined || handler === undefined) return [];
  const name = pod.spec?.runtimeClassName ?? handler;
  return [
    {
      subject: refOf(pod),
      problem: `cannot start: the node has no runtime "${handler}", which RuntimeClass/${name} asks for`,
      culprit: { kind: 'RuntimeClass', name },
      avoid: [bypasses.RuntimeClass],
      certainty: 'message',
      evidence: [{ object: refOf(pod), source: 'event', text: event.message, at: event.at }],
      since: unreadySince(pod),
      fixes: [
        {
          advice: `configure the runtime ${handler} on the nodes, or bind RuntimeClass/${name} to nodes that have it (scheduling.nodeSelector)`,
          reason: 'the node that was chosen does not know it',
        },
      ],
    },
  ];
}
