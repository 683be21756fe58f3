import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { nameOf, type ObjectRef, type Of } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isFinished } from '../../../pods.ts';
import { formatQuantity } from '../../../quantity.ts';
import { countedBy, type QuotaRefusal, quotaRefusalIn, stillRefuses } from '../../../quota.ts';
import { refusedPrograms } from '../../../refused-programs.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

const shownConsumers = 3;

export const quotaExceeded = defineRule({
  id: 'quota-exceeded',
  title: "The namespace's quota is full",
  area: 'namespace',
  class: 'cause',
  severity: 'high',
  meaning:
    'The API server refuses to create pods, claims or Jobs, so the workload runs with fewer than it wants; the missing ' +
    'ones do not exist.',
  detection:
    'A controller failed with `exceeded quota: Q, requested: …, used: …, limited: …`, and the ResourceQuota, where it ' +
    'could be read, has still no room; or a program that creates pods itself logs that at least three times. The ' +
    'workloads that count most against it are named.',
  remedies: [
    'Scale down what needs it least, or lower requests that are far above measured use.',
    'During a rollout: set maxSurge to 0, so that an old pod goes before a new one comes.',
    'Ask the owner of the namespace to raise the quota.',
  ],
  avoid: ['raising the quota without asking: it protects the other namespaces of the cluster'],

  check: (snapshot) =>
    [...creationFailures(snapshot), ...refusedPrograms(snapshot)].flatMap((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: CreationFailure): readonly Finding[] {
  const refusal = quotaRefusalIn(failure.reason);
  if (refusal === undefined) return [];
  const { owner, controller, refused, message, at, source, since } = failure;
  const culprit: ObjectRef = { kind: 'ResourceQuota', namespace: owner.namespace, name: refusal.quota };
  const quota = snapshot.find('ResourceQuota', owner.namespace, refusal.quota);
  const verified = quota === undefined ? undefined : stillRefuses(quota, refusal);
  if (verified === false || snapshot.presence('ResourceQuota', owner.namespace, refusal.quota) === 'absent') return [];
  const [first] = refusal.exceeded;
  const scopes = scopesOf(quota);
  const counting = scopes.length === 0 ? '' : `, which counts pods that are ${scopes.join(' and ')},`;
  return [
    {
      subject: owner,
      problem: `cannot create ${refused}s: ${nameOf(culprit)}${counting} is full (${refusal.exceeded.map((each) => sentence(refused, each)).join('; ')})`,
      culprit,
      alike: refusal.exceeded.map(({ resource }) => resource).join(),
      certainty: verified === true ? 'declared' : 'message',
      evidence: [
        { object: controller, source, text: message, at },
        ...(quota === undefined
          ? []
          : refusal.exceeded.map(
              ({ resource }): Evidence => ({
                object: culprit,
                source: 'status',
                text: `${resource}: ${quota.status?.used?.[resource] ?? '?'} used of ${quota.status?.hard?.[resource] ?? '?'}`,
              }),
            )),
        ...(first === undefined ? [] : consumers(snapshot, culprit, first.resource)),
      ],
      since,
      fixes: fixesOf(snapshot, failure, refusal),
    },
  ];
}

/** Which pods alone a quota counts: `BestEffort`, `PriorityClass In (high)`. */
function scopesOf(quota: Of<'ResourceQuota'> | undefined): readonly string[] {
  const { scopes = [], scopeSelector } = quota?.spec ?? {};
  const selected = (scopeSelector?.matchExpressions ?? []).map(({ scopeName = '', operator, values = [] }) =>
    values.length === 0 ? scopeName : `${scopeName} ${operator} (${values.join(', ')})`,
  );
  return [...scopes, ...selected];
}

const sentence = (
  refused: CreationFailure['refused'],
  { resource, requested, used, limited }: QuotaRefusal['exceeded'][number],
): string => `a ${refused} needs ${requested} of ${resource}, ${used} of ${limited} are used`;

/** Who counts most against the quota, over the pods of its namespace that the snapshot holds. */
function consumers(snapshot: Snapshot, quota: ObjectRef, resource: string): readonly Evidence[] {
  const pods = snapshot.all('Pod', quota.namespace).filter((pod) => !isFinished(pod));
  const totals = [...Map.groupBy(pods, (pod) => nameOf(workloadOf(snapshot, pod)))]
    .map(([name, group]) => ({ name, total: group.reduce((sum, { spec }) => sum + countedBy(spec, resource), 0) }))
    .filter(({ total }) => total > 0)
    .toSorted((a, b) => b.total - a.total)
    .slice(0, shownConsumers);
  if (totals.length === 0) return [];
  const shown = totals.map(({ name, total }) => `${name} ${formatQuantity(resource, total)}`).join(', ');
  return [{ object: quota, source: 'recomputed', text: `most ${resource} is used by ${shown}` }];
}

function fixesOf(
  snapshot: Snapshot,
  { owner, refused, source }: CreationFailure,
  { quota, exceeded }: QuotaRefusal,
): readonly Fix[] {
  const resources = exceeded.map(({ resource }) => resource).join(', ');
  const deployment = owner.kind === 'Deployment' ? snapshot.find('Deployment', owner.namespace, owner.name) : undefined;
  const wanted = deployment?.spec?.replicas;
  // A program that makes other pods rolls out nothing.
  const surging = source !== 'log' && wanted !== undefined && (deployment?.status?.availableReplicas ?? 0) >= wanted;
  const free: Fix = {
    advice: `scale down what needs it least in ${owner.namespace}, or lower its ${resources}`,
    reason: 'pods that are gone no longer count',
  };
  const raise: Fix = {
    advice: `ask the owner of the namespace to raise ${resources} in ResourceQuota/${quota}`,
    reason: 'if the namespace really needs more',
  };
  // Scaling down frees no claim, and deleting one deletes its data.
  if (refused === 'claim') return [raise];
  if (refused === 'Job') {
    const finished: Fix = { advice: `delete finished Jobs in ${owner.namespace}`, reason: 'they count too' };
    return exceeded.some(({ used }) => used !== '0') ? [finished, raise] : [raise];
  }
  if (scopesOf(snapshot.find('ResourceQuota', owner.namespace, quota)).includes('BestEffort')) {
    const asking: Fix = {
      advice: `set requests or limits in the containers of ${nameOf(owner)}`,
      reason: 'its pods are then no longer BestEffort, and this quota does not count them',
    };
    return [asking, raise];
  }
  if (!surging) return [free, raise];
  return [
    {
      advice: `set maxSurge to 0 and maxUnavailable to 1 in ${nameOf(owner)}`,
      reason: 'only the extra pod of the rollout does not fit: an old one then goes first',
    },
    free,
    raise,
  ];
}
