import { describe, expect, it } from 'vitest';
import { rollbackWorkload } from '../../../../src/tools/healing/rollback-workload.ts';
import { proposes } from '../../../support/proposals.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('rollback_workload', () => {
  it('proposes the newest healthy revision when none is named', async () => {
    expect(
      await proposes(rollbackWorkload, { object: 'deployment/web' }, { name: 'rollback_workload', target: web }),
    ).toBe(true);
  });

  it('proposes the revision that is named', async () => {
    const action = { name: 'rollback_workload', target: web, revision: 3 } as const;

    expect(await proposes(rollbackWorkload, { object: 'deployment/web', revision: 3 }, action)).toBe(true);
  });

  it('takes no revision below 1', () => {
    expect(rollbackWorkload.input.safeParse({ object: 'deployment/web', revision: 0 }).success).toBe(false);
  });
});
