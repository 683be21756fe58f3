import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../src/engines/healing/action.ts';
import { aBareObject, aLiveDeployment } from '../../../support/healing.ts';
import { aNode } from '../../../support/nodes.ts';

describe('the precondition of an object', () => {
  it('is its uid, its version and its generation', () => {
    expect(preconditionOf(aLiveDeployment().target)).toEqual({
      object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      apiVersion: 'apps/v1',
      uid: 'uid-Deployment-web',
      resourceVersion: '7',
      generation: 3,
    });
  });

  it('has neither namespace nor generation where the object has none', () => {
    expect(preconditionOf(aNode('node-1'))).toEqual({
      object: { kind: 'Node', name: 'node-1' },
      apiVersion: 'v1',
      uid: 'uid-Node-node-1',
      resourceVersion: '',
    });
  });

  it('of an object of which nothing is known binds to nothing', () => {
    expect(preconditionOf(aBareObject('Pod'))).toMatchObject({ uid: '', resourceVersion: '' });
  });
});
