import { nameOf, type ObjectRef } from '../objects.ts';
import type { Fix } from './rule.ts';

/** `1 domain`, `2 domains`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What to do when a workload wants more replicas than there are domains. */
export const tooMany = (workload: ObjectRef, domains: number, topologyKey: string): readonly Fix[] => [
  {
    advice: `run at most ${counted(domains, 'replica')} of ${nameOf(workload)}, or add a node with another ${topologyKey}`,
    reason: `each ${topologyKey} may have one of its pods`,
  },
  ...(workload.kind === 'Deployment'
    ? [
        {
          advice: `if a rollout hangs here: set maxSurge to 0 and maxUnavailable to 1 in ${nameOf(workload)}`,
          reason: 'the new pod then takes the place of an old one',
        },
      ]
    : []),
  softer(workload, 'podAntiAffinity'),
];

/** A node in a domain that is not ruled out. */
export const elsewhere = (topologyKey: string): Fix => ({
  advice: `add a node with room in another ${topologyKey}`,
  reason: 'those it may use are ruled out',
});

/** Ask for it instead of demanding it. */
export const softer = (workload: ObjectRef, what: string): Fix => ({
  advice: what.startsWith('when')
    ? `set ${what} in ${nameOf(workload)}, if an uneven spread is acceptable`
    : `make the ${what} of ${nameOf(workload)} preferred instead of required, if it is no matter of safety`,
  reason: 'the scheduler then does what it can',
});
