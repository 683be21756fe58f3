import { describe, expect, it } from 'vitest';
import { restartWorkload } from '../../../../src/tools/healing/restart-workload.ts';
import { proposes } from '../../../support/proposals.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('restart_workload', () => {
  it('proposes a restart of the object, in the configured namespace', async () => {
    expect(
      await proposes(restartWorkload, { object: 'deployment/web' }, { name: 'restart_workload', target: web }),
    ).toBe(true);
  });

  it('takes the namespace that is named', async () => {
    const target = { ...web, namespace: 'pay' };

    expect(
      await proposes(
        restartWorkload,
        { object: 'deployment/web', namespace: 'pay' },
        { name: 'restart_workload', target },
      ),
    ).toBe(true);
    expect(
      await proposes(
        restartWorkload,
        { object: 'deployment/web', namespace: 'pay' },
        { name: 'restart_workload', target: web },
      ),
    ).toBe(false);
  });

  it('takes nothing but an object', () => {
    expect(restartWorkload.input.safeParse({ object: 'deployment/web', replicas: 3 }).success).toBe(false);
    expect(restartWorkload.input.safeParse({ object: 'web' }).success).toBe(false);
    expect(restartWorkload.input.safeParse({}).success).toBe(false);
  });

  it('is a write, and says what RBAC it needs', () => {
    expect(restartWorkload.access).toBe('write');
    expect(restartWorkload.permissions).toEqual(
      expect.arrayContaining(['patch apps/deployments', 'create coordination.k8s.io/leases']),
    );
  });
});
