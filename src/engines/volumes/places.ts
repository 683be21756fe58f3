import type { Node, PodSpec } from '../objects.ts';
import { meetsAffinity, requirementsOf, requirementText } from '../scheduling/node-affinity.ts';
import type { PersistentVolume } from './claims.ts';

/** Labels by which in-tree volumes say where they are (scheduler plugin VolumeZone). */
const zoneLabels = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
];

/** Where a volume may be mounted, as a pod would demand it of its node; `undefined` when anywhere. */
function demandOf({ spec, metadata }: PersistentVolume): PodSpec | undefined {
  const required = spec?.nodeAffinity?.required;
  if (required !== undefined) {
    return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
  }
  // A volume of several zones lists them with two underscores between.
  const matchExpressions = zoneLabels.flatMap((key) => {
    const value = metadata.labels?.[key];
    return value === undefined ? [] : [{ key, operator: 'In', values: value.split('__') }];
  });
  return matchExpressions.length === 0
    ? undefined
    : {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
          },
        },
      };
}

/** Whether a volume is tied to some nodes. */
export const isTied = (volume: PersistentVolume): boolean => demandOf(volume) !== undefined;

/** Whether a volume can be mounted on a node. */
export const isReachableFrom = (node: Node, volume: PersistentVolume): boolean => meetsAffinity(node, demandOf(volume));

/** `kubernetes.io/hostname=node-7`: where the volume is, in the words of its node affinity. */
export const placeText = (volume: PersistentVolume): string =>
  (requirementsOf(demandOf(volume)) ?? []).map((all) => all.map(requirementText).join(' and ')).join(', or ') ||
  'any node';
