import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../src/engines/healing/action.ts';
import { neededPermissions } from '../../../../src/tools/mend/needed-permissions.ts';
import { aPod } from '../../../support/builders.ts';
import { aBareObject, aLiveDeployment } from '../../../support/healing.ts';
import { aNode } from '../../../support/nodes.ts';

const patch = (object: Parameters<typeof preconditionOf>[0]) =>
  ({ verb: 'patch', on: preconditionOf(object), steps: [] }) as const;
const evict = (name: string) => ({ verb: 'evict', on: preconditionOf(aPod(name)) }) as const;

describe('what writes ask of RBAC', () => {
  it('is said once for each resource', () => {
    expect(neededPermissions([patch(aNode('node-1')), evict('web-1'), evict('web-2')])).toEqual([
      'patch nodes',
      'create pods/eviction',
      'create events',
    ]);
    expect(neededPermissions([patch(aLiveDeployment().target)])).toContain('patch apps/deployments');
  });

  it('is left to the dry run for kinds of others', () => {
    expect(neededPermissions([{ verb: 'scale', on: preconditionOf(aBareObject('Rollout')), replicas: 1 }])).toEqual([
      'create events',
    ]);
  });
});
