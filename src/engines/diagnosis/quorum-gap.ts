import { keyOf, nameOf, refOf } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { isBroken } from '../pods.ts';
import type { ProbeFailure } from '../probes/probes.ts';
import { ordinalPods } from '../replaced-templates.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';

/** What members of a cluster say that lack the others. */
const lacksOthers =
  /\bquorum\b|\b(?:no|without|elect\w*|lost|contact with a|meta|waiting for) (?:\w+ )?leader\b|\b(?:waiting for|not enough|too few|no|insufficient|missing|discover\w*|contact(?:ing)?) (?:other |\d+ |more |any )*(?:peers?|members?|brokers?|replicas|servers|nodes|masters?|seeds?)\b|\bcluster (?:is )?(?:not (?:yet )?(?:formed|initiali[sz]ed|healthy|ready|bootstrapped)|has not (?:been )?form\w*)|master[ _]not[ _]discovered|bootstrap(?:ping)? (?:the )?cluster|waiting[ _]for[ _](?:\w+ )?tables\b|JetStream system temporarily unavailable/i;

/**
 * A member of a StatefulSet that gets ready only with others, which OrderedReady makes only when it is ready: each waits
 * for the other for ever.
 */
export function quorumGap(snapshot: Snapshot, { pod }: ProbeFailure, text: string): CrashGap | undefined {
  if (!lacksOthers.test(text)) return undefined;
  const owner = workloadOf(snapshot, pod);
  const set = owner.kind === 'StatefulSet' ? snapshot.find('StatefulSet', owner.namespace, owner.name) : undefined;
  const { podManagementPolicy = 'OrderedReady', replicas: wanted = 1, serviceName } = set?.spec ?? {};
  const made = set?.status?.replicas;
  if (set === undefined || podManagementPolicy !== 'OrderedReady' || made === undefined || made >= wanted)
    return undefined;
  const first = ordinalPods(snapshot, owner).find((each) => isBroken(each.pod));
  if (first === undefined || keyOf(refOf(first.pod)) !== keyOf(refOf(pod))) return undefined;
  const says = `it waits for the other members, and podManagementPolicy OrderedReady of ${nameOf(owner)} makes the ${wanted - made} others only when it is ready`;
  return {
    says,
    evidence: [
      { object: owner, source: 'spec', text: `podManagementPolicy is OrderedReady, ${made} of ${wanted} pods exist` },
    ],
    fixes: [
      {
        advice: `create ${nameOf(owner)} anew with podManagementPolicy: Parallel (delete it with --cascade=orphan first: pods and claims stay)`,
        reason: 'all members then start at once; the field cannot be changed in place',
      },
      {
        advice: `let the probe ask for less than a whole cluster, and set publishNotReadyAddresses: true in Service/${serviceName ?? owner.name}`,
        reason: 'members then find each other before they are ready',
      },
    ],
  };
}
