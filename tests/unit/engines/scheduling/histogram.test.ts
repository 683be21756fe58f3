import { describe, expect, it } from 'vitest';
import { histogramOf, insufficientIn, obstacleOf } from '../../../../src/engines/scheduling/histogram.ts';

describe('the count of the scheduler', () => {
  it('is read without what follows about preemption', () => {
    const counts = histogramOf(
      "0/4 nodes are available: 1 Insufficient memory, 1 node(s) didn't match Pod's node affinity/selector, 2 node(s) " +
        'had untolerated taint(s). no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is ' +
        'not helpful for scheduling.',
    );

    expect(counts).toEqual([
      { nodes: 1, reason: 'Insufficient memory' },
      { nodes: 1, reason: "node(s) didn't match Pod's node affinity/selector" },
      { nodes: 2, reason: 'node(s) had untolerated taint(s)' },
    ]);
  });

  it('is empty where nothing was counted', () => {
    const message = '0/4 nodes are available: persistentvolumeclaim "libary-data" not found. not found';

    expect(histogramOf(message)).toEqual([]);
    expect(histogramOf('')).toEqual([]);
  });

  it.each([
    ['Insufficient nvidia.com/gpu', 'capacity', 'nvidia.com/gpu'],
    ['Too many pods', 'capacity', 'pods'],
    ['node(s) were unschedulable', 'cordon', undefined],
    ['node(s) had untolerated taint {dedicated: batch}', 'taint', undefined],
    ["node(s) had taint {dedicated: batch}, that the pod didn't tolerate", 'taint', undefined],
    ["node(s) didn't have free ports for the requested pod ports", undefined, undefined],
  ])('says of "%s" what it stands for', (reason, obstacle, resource) => {
    expect(obstacleOf({ nodes: 1, reason })).toBe(obstacle);
    expect(insufficientIn({ reason })).toBe(resource);
  });
});
