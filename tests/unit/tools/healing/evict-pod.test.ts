import { describe, expect, it } from 'vitest';
import { evictPod } from '../../../../src/tools/healing/evict-pod.ts';
import { proposes } from '../../../support/proposals.ts';

describe('evict_pod', () => {
  it('proposes the eviction of one pod', async () => {
    const target = { kind: 'Pod', namespace: 'shop', name: 'web-1' };

    expect(await proposes(evictPod, { object: 'pod/web-1' }, { name: 'evict_pod', target })).toBe(true);
  });

  it('is destructive, and asks for evictions, not deletions', () => {
    expect(evictPod.access).toBe('destructive');
    expect(evictPod.permissions).toContain('create pods/eviction');
    expect(evictPod.permissions).not.toContain('delete pods');
  });
});
