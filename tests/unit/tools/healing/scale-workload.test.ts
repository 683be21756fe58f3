import { describe, expect, it } from 'vitest';
import { scaleWorkload } from '../../../../src/tools/healing/scale-workload.ts';
import { proposes } from '../../../support/proposals.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const accepts = (replicas: unknown) => scaleWorkload.input.safeParse({ object: 'deployment/web', replicas }).success;

describe('scale_workload', () => {
  it('proposes the count', async () => {
    const asked = { object: 'deployment/web', replicas: 4 };

    expect(await proposes(scaleWorkload, asked, { name: 'scale_workload', target: web, replicas: 4 })).toBe(true);
    expect(await proposes(scaleWorkload, asked, { name: 'scale_workload', target: web, replicas: 5 })).toBe(false);
  });

  it('takes counts from 0 to 10,000 only', () => {
    expect([0, 1, 10_000].map(accepts)).toEqual([true, true, true]);
    expect([-1, 1.5, 10_001, 1e9, '4', Number.NaN, undefined].map(accepts)).toEqual(
      Array.from({ length: 7 }, () => false),
    );
  });
});
