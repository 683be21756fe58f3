/** One reason of the scheduler's count: how many nodes it ruled out with these words. */
export interface NodeCount {
  readonly nodes: number;
  readonly reason: string;
}

/**
 * Reads the scheduler's count, `0/4 nodes are available: 1 Insufficient memory, 3 node(s) had untolerated taint(s).`,
 * without what it says about preemption. A node is counted once, by the first filter that ruled it out, so the count
 * never tells everything (kube-scheduler `FitError`).
 */
export function histogramOf(message: string): readonly NodeCount[] {
  const counted = /nodes are available: (.*?)\.(?:\s|$)/s.exec(message)?.[1] ?? '';
  return counted.split(/, (?=\d+ )/).flatMap((part) => {
    const match = /^(\d+) (.+)$/s.exec(part.trim());
    return match?.[2] === undefined ? [] : [{ nodes: Number(match[1]), reason: match[2] }];
  });
}

/** What may rule a node out, as far as it is recomputed here. */
export const obstacles = ['affinity', 'cordon', 'system-taint', 'taint', 'capacity'] as const;
export type Obstacle = (typeof obstacles)[number];

/** Which obstacle a reason stands for; `undefined` for ports, volumes, spreading and whatever else rules nodes out. */
export function obstacleOf({ reason }: NodeCount): Exclude<Obstacle, 'system-taint'> | undefined {
  if (/didn't match pod's node affinity/i.test(reason)) return 'affinity';
  if (/were unschedulable/i.test(reason)) return 'cordon';
  if (/had (?:untolerated )?taint/i.test(reason)) return 'taint';
  return insufficientIn({ reason }) === undefined ? undefined : 'capacity';
}

/** The resource a reason says there is too little of. */
export function insufficientIn({ reason }: Pick<NodeCount, 'reason'>): string | undefined {
  if (/^too many pods/i.test(reason)) return 'pods';
  return /^insufficient (\S+)/i.exec(reason)?.[1];
}

/** Whether nodes are ruled out because a volume of the pod lies elsewhere (plugins VolumeBinding, VolumeZone). */
export const conflictsWithVolume = ({ reason }: Pick<NodeCount, 'reason'>): boolean =>
  /persistent ?volume's node affinity|volume node affinity conflict|no available volume zone/i.test(reason);
