import { nameOf, type ObjectRef, refOf } from '../../objects.ts';
import { podsOf } from '../../owners.ts';
import { isReady, isTerminating } from '../../pods.ts';
import { regressions } from '../../regressions.ts';
import { revisionsOf, templateChanges } from '../../revisions.ts';
import type { Snapshot } from '../../snapshot.ts';
import { type Action, type Operation, preconditionOf } from '../action.ts';
import { blastRadius } from '../blast-radius.ts';
import type { Drafted, Impossible, Material, RevisionFacts } from '../material.ts';
import { rollingKinds } from '../rolling-kinds.ts';
import { rolloutVerification } from '../verification.ts';

type Rollback = Extract<Action, { name: 'rollback_workload' }>;

/**
 * Back to the revision that was asked for, else to the newest one that was seen healthy and differs in its template
 * (G20); the one just before may be as broken.
 */
export function draftRollback(action: Rollback, material: Material): Drafted {
  const { snapshot, target, revisions } = material;
  const ref = refOf(target);
  if (!rollingKinds.has(target.kind)) {
    return {
      impossible: `A ${target.kind} keeps no revisions.`,
      instead: 'Name a Deployment, StatefulSet or DaemonSet.',
      rule: 'G2',
    };
  }
  const current = currentRevision(material);
  if (current === undefined) {
    return {
      impossible: `${nameOf(ref)} has no revision of its present template yet.`,
      instead: 'Wait until its controller has looked at it.',
      rule: 'G19',
    };
  }
  const others = revisions.filter(({ digest }) => digest !== current.digest);
  if (others.length === 0) {
    return {
      impossible: `${nameOf(ref)} has no other revision to go back to.`,
      instead: 'Mend its template.',
      rule: 'G20',
    };
  }
  const wanted = chosen(action, others, healthyRevisions(snapshot, ref, others));
  if ('impossible' in wanted) return wanted;
  const changes = templateChanges(current.template, wanted.template);
  if (changes.length === 0) {
    return {
      impossible: `Revision ${wanted.number} of ${nameOf(ref)} differs only in when it was restarted.`,
      instead: 'Name another one, or mend its template.',
      rule: 'G20',
    };
  }
  const on = preconditionOf(target);
  const stuck = stuckPods(snapshot, ref);
  return {
    action,
    target: on,
    operations: [{ verb: 'set_template', on, from: wanted.object, digest: wanted.digest }, ...stuck],
    inverse: [{ verb: 'set_template', on, from: current.object, digest: current.digest }],
    ...(stuck.length > 0 && { irreversible: 'the pod that the StatefulSet waits for is evicted, and made anew' }),
    changes: [
      ...changes.map(({ field, before, after }) => ({ object: ref, field: `spec.template.${field}`, before, after })),
      ...stuck.map(({ on: { object } }) => ({ object, field: 'the pod', before: 'not ready', after: 'evicted' })),
    ],
    template: wanted.template,
    radius: blastRadius(snapshot, ref),
    verification: rolloutVerification(
      snapshot,
      ref,
      `every pod of ${nameOf(ref)} runs the template of revision ${wanted.number} and is ready`,
    ),
  };
}

/** The revision whose template is the live one: the newest, unless a rollout has not begun yet. */
function currentRevision({ revisions, target }: Material): RevisionFacts | undefined {
  const name = updateRevisionOf(target);
  return revisions.find(({ object }) => object.name === name) ?? revisions[0];
}

/** The ControllerRevision to which a StatefulSet or DaemonSet rolls out. */
function updateRevisionOf(object: object): string | undefined {
  const status = 'status' in object ? object.status : undefined;
  const name = typeof status === 'object' && status !== null && 'updateRevision' in status && status.updateRevision;
  return typeof name === 'string' ? name : undefined;
}

function chosen(
  { revision, target }: Rollback,
  others: readonly RevisionFacts[],
  healthy: ReadonlySet<number>,
): RevisionFacts | Impossible {
  const numbers = others.map(({ number }) => number).join(', ');
  const wanted = others.find(({ number }) => (revision === undefined ? healthy.has(number) : number === revision));
  if (wanted !== undefined) return wanted;
  return revision === undefined
    ? {
        impossible: `No earlier revision of ${nameOf(target)} was seen healthy, as far as the cluster still tells.`,
        instead: `Name one: it has ${numbers}.`,
        rule: 'G20',
      }
    : {
        impossible: `${nameOf(target)} has no other revision ${revision}.`,
        instead: `It has ${numbers}.`,
        rule: 'G20',
      };
}

/** Revisions with a ready pod now, or proof that they worked until the rollout that broke it. */
export function healthyRevisions(
  snapshot: Snapshot,
  workload: ObjectRef,
  revisions: readonly Pick<RevisionFacts, 'number' | 'object'>[],
): ReadonlySet<number> {
  const proven = regressions(snapshot)
    .filter(({ deployment }) => deployment.name === workload.name && deployment.namespace === workload.namespace)
    .map(({ good }) => good.number);
  const serving = revisionsOf(snapshot, workload)
    .filter(({ ready }) => ready > 0)
    .map(({ number }) => number);
  // Pods of StatefulSets and DaemonSets name their ControllerRevision by its hash.
  const ready = new Set(
    podsOf(snapshot, workload)
      .filter((pod) => isReady(pod) && !isTerminating(pod))
      .map(({ metadata }) => metadata.labels?.['controller-revision-hash']),
  );
  const controlled = revisions
    .filter(({ object }) => [...ready].some((hash) => hash !== undefined && isOfHash(object.name, hash)))
    .map(({ number }) => number);
  return new Set([...proven, ...serving, ...controlled]);
}

/** The hash is the name of the revision, or what follows the name of the workload in it (`controller.ControllerRevisionName`). */
const isOfHash = (revision: string, hash: string): boolean => revision === hash || revision.endsWith(`-${hash}`);

/**
 * A StatefulSet that goes pod by pod waits for the broken pod even when the template is right again
 * (kubernetes/kubernetes#67250): that one pod has to go too.
 */
function stuckPods(snapshot: Snapshot, workload: ObjectRef): readonly Operation[] {
  const object = snapshot.find('StatefulSet', workload.namespace, workload.name);
  if (object === undefined || object.spec?.podManagementPolicy === 'Parallel') return [];
  return podsOf(snapshot, workload)
    .filter(
      (pod) =>
        !isReady(pod) &&
        !isTerminating(pod) &&
        pod.metadata.labels?.['controller-revision-hash'] === object.status?.updateRevision,
    )
    .map((pod) => ({ verb: 'evict', on: preconditionOf(pod) }));
}
